// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/io/atomic_file.h"

#include <fstream>
#include <random>
#include <string>
#include <system_error>

#include "core/base/error.h"

namespace anamorph {

namespace {

std::filesystem::path unused_name_beside(const std::filesystem::path& target) {
    std::random_device device;
    while (true) {
        std::filesystem::path candidate = target;
        candidate.replace_filename("." + target.stem().string() + "-" + std::to_string(device()) +
                                   target.extension().string());
        std::error_code failure;
        if (!std::filesystem::exists(candidate, failure)) return candidate;
    }
}

}  // namespace

AtomicFile::AtomicFile(std::filesystem::path target) : target_(std::move(target)) {
    std::error_code failure;
    if (target_.filename().empty() || std::filesystem::is_directory(target_, failure))
        throw Error(ErrorCode::input_output,
                    "\"" + target_.string() + "\" is a folder; nothing was written.",
                    "Give the name of a file.");
    const std::filesystem::path folder = target_.parent_path();
    if (!folder.empty() && !std::filesystem::is_directory(folder, failure))
        throw Error(ErrorCode::input_output,
                    "There is no folder \"" + folder.string() + "\"; nothing was written.",
                    "Create the folder or choose another.");
    temporary_ = unused_name_beside(target_);
    // A file that cannot be made is found out now, not after the work whose result it is to hold.
    if (!std::ofstream(temporary_))
        throw Error(ErrorCode::input_output,
                    "The file \"" + target_.string() + "\" cannot be written there.",
                    "Check that you may write in this folder and that the disk is not full.");
    std::filesystem::remove(temporary_, failure);
}

AtomicFile::~AtomicFile() {
    std::error_code ignored;
    for (const char* suffix : {"", "-journal", "-wal", "-shm", ".aux.xml"})
        std::filesystem::remove(temporary_.string() + suffix, ignored);
}

void require_writable(const std::filesystem::path& target) { const AtomicFile probe(target); }

void AtomicFile::commit() {
    std::error_code failure;
    std::filesystem::rename(temporary_, target_, failure);
    if (failure)
        throw Error(ErrorCode::input_output,
                    "The file \"" + target_.string() + "\" could not be written (" +
                        failure.message() + ").",
                    "Check that you may write there and that the disk is not full.");
}

}  // namespace anamorph
