// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/models/recovery_folder.h"

#include <QDir>
#include <QFile>
#include <QFileInfo>
#include <QUuid>

namespace anamorph {
namespace {

constexpr int days_kept = 30;

QString title_file(const QString& copy) { return copy + QStringLiteral(".title"); }
QString lock_file(const QString& copy) { return copy + QStringLiteral(".lock"); }

bool is_held(const QString& copy) {
    QLockFile lock(lock_file(copy));
    lock.setStaleLockTime(0);  // a lock does not age; it is stale when its program has ended
    return !lock.tryLock(0);
}

}  // namespace

RecoveryFolder::RecoveryFolder(const QString& path) : folder_(path) {
    QDir().mkpath(folder_);
    remove_what_nobody_needs();
    own_ = QDir(folder_).filePath(QUuid::createUuid().toString(QUuid::WithoutBraces) + QStringLiteral(".gpkg"));
    lock_ = std::make_unique<QLockFile>(lock_file(own_));
    lock_->setStaleLockTime(0);
    usable_ = lock_->tryLock(0);
}

/// Old copies, and what a crash left of copies that were just being written.
void RecoveryFolder::remove_what_nobody_needs() const {
    const QDateTime now = QDateTime::currentDateTime();
    for (const Copy& copy : left())
        if (copy.written.daysTo(now) > days_kept) remove(copy.path);
    const QDir folder(folder_);
    for (const QFileInfo& info : folder.entryInfoList(QDir::Files | QDir::Hidden)) {
        const QString path = info.absoluteFilePath(), name = info.fileName();
        if (name.endsWith(QLatin1String(".gpkg")) && !name.startsWith(QLatin1Char('.'))) continue;
        const QString copy = folder.filePath(info.completeBaseName());
        const bool belongs = !name.startsWith(QLatin1Char('.')) && !name.endsWith(QLatin1String(".unreadable")) &&
                             (QFile::exists(copy) || is_held(copy));
        const qint64 days = info.lastModified().daysTo(now);
        if (!belongs && days > (name.endsWith(QLatin1String(".unreadable")) ? days_kept : 1)) QFile::remove(path);
    }
}

RecoveryFolder::~RecoveryFolder() {
    if (!usable_) return;
    lock_->unlock();
    remove(own_);
}

void RecoveryFolder::setTitle(const QString& title) const {
    QFile file(title_file(own_));
    if (file.open(QIODevice::WriteOnly)) file.write(title.toUtf8());
}

QList<RecoveryFolder::Copy> RecoveryFolder::left() const {
    QList<Copy> copies;
    const QDir folder(folder_);
    for (const QFileInfo& info : folder.entryInfoList({QStringLiteral("*.gpkg")}, QDir::Files, QDir::Time)) {
        const QString path = info.absoluteFilePath();
        if (path == QFileInfo(own_).absoluteFilePath() || is_held(path)) continue;
        QFile title(title_file(path));
        copies << Copy{path, title.open(QIODevice::ReadOnly) ? QString::fromUtf8(title.readAll()) : QString(),
                       info.lastModified()};
    }
    return copies;
}

void RecoveryFolder::remove(const QString& path) {
    for (const QString& file : {path, title_file(path), lock_file(path)}) QFile::remove(file);
}

}  // namespace anamorph
