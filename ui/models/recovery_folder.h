// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <memory>

#include <QDateTime>
#include <QList>
#include <QLockFile>
#include <QString>

namespace anamorph {

/// A folder of copies of unsaved work: one GeoPackage for each running program, which a lock marks as
/// its own until it ends. Copies without such a program are what a crash or a power failure left.
class RecoveryFolder {
public:
    /// Makes the folder where it is missing; deletes copies older than 30 days and what a crash left of
    /// copies that were being written.
    explicit RecoveryFolder(const QString& path);
    /// Deletes this program's copy: it ends in good order.
    ~RecoveryFolder();
    RecoveryFolder(const RecoveryFolder&) = delete;
    RecoveryFolder& operator=(const RecoveryFolder&) = delete;

    /// False where the folder cannot be written; nothing else may be asked then.
    [[nodiscard]] bool isUsable() const { return usable_; }
    /// The GeoPackage that this program may write.
    [[nodiscard]] const QString& own() const { return own_; }
    /// What others should read about this program's copy: the title of its data.
    void setTitle(const QString& title) const;

    struct Copy {
        QString path;
        QString title;
        QDateTime written;
    };
    /// What programs that have ended left, the newest first.
    [[nodiscard]] QList<Copy> left() const;
    /// Deletes a copy with its title and lock.
    static void remove(const QString& path);

private:
    void remove_what_nobody_needs() const;

    QString folder_, own_;
    std::unique_ptr<QLockFile> lock_;
    bool usable_ = false;
};

}  // namespace anamorph
