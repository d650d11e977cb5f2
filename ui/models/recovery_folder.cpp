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
    for (const Copy& copy : left())
        if (copy.written.daysTo(QDateTime::currentDateTime()) > days_kept) remove(copy.path);
    own_ = QDir(folder_).filePath(QUuid::createUuid().toString(QUuid::WithoutBraces) + QStringLiteral(".gpkg"));
    lock_ = std::make_unique<QLockFile>(lock_file(own_));
    lock_->setStaleLockTime(0);
    usable_ = lock_->tryLock(0);
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
