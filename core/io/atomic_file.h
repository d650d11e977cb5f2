// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <filesystem>

namespace anamorph {

/// A file that appears whole or not at all: write to `temporary()`, then `commit()` renames it to
/// the target, replacing what was there. Without a commit the temporary file is removed.
class AtomicFile {
public:
    /// @throws Error(input_output) if the target is a folder, or no file can be made in its folder.
    explicit AtomicFile(std::filesystem::path target);
    ~AtomicFile();
    AtomicFile(const AtomicFile&) = delete;
    AtomicFile& operator=(const AtomicFile&) = delete;

    /// Beside the target, with the same extension.
    [[nodiscard]] const std::filesystem::path& temporary() const { return temporary_; }
    [[nodiscard]] const std::filesystem::path& target() const { return target_; }
    /// @throws Error(input_output)
    void commit();

private:
    std::filesystem::path target_;
    std::filesystem::path temporary_;
};

/// To be asked before long work, so that its result can be kept. Changes nothing.
/// @throws Error(input_output) as AtomicFile's constructor does.
void require_writable(const std::filesystem::path& target);

}  // namespace anamorph
