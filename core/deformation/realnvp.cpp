// SPDX-License-Identifier: GPL-3.0-or-later
// Loads the LibTorch module when the first RealNVP is made, so that programs which need none start
// without LibTorch's hundreds of megabytes.
#include "core/deformation/realnvp.h"

#include <dlfcn.h>

#include <filesystem>
#include <mutex>
#include <string>
#include <vector>

#include "core/base/error.h"

namespace anamorph {
namespace {

constexpr const char* kModuleName = "libanamorph_networks.so";
constexpr const char* kFactoryName = "anamorph_make_realnvp";
using Factory = Deformation* (*)(const RealNvpOptions&);

/// Folders that may hold the module, most specific first: beside the executable, the usual places
/// relative to it, beside this code (if it is in a shared library), the build's own folder.
std::vector<std::filesystem::path> module_folders() {
    namespace fs = std::filesystem;
    std::vector<fs::path> folders;
    std::error_code error;
    const fs::path executable = fs::read_symlink("/proc/self/exe", error);
    if (!error) {
        const fs::path here = executable.parent_path();
        folders = {here, here / ".." / "bin", here / ".." / "lib" / "anamorph", here / ".." / "lib"};
    }
    Dl_info info{};
    if (dladdr(reinterpret_cast<const void*>(&module_folders), &info) != 0 && info.dli_fname) {
        folders.push_back(fs::path(info.dli_fname).parent_path());
    }
#ifdef ANAMORPH_MODULE_DIRECTORY
    folders.emplace_back(ANAMORPH_MODULE_DIRECTORY);
#endif
    return folders;
}

/// Opens the module. It stays open: the objects that it makes have their code in it.
Factory open_module() {
    std::string reason;
    for (const auto& folder : module_folders()) {
        const std::filesystem::path file = folder / kModuleName;
        std::error_code error;
        if (!std::filesystem::exists(file, error)) continue;
        void* module = dlopen(file.c_str(), RTLD_NOW | RTLD_LOCAL);
        if (!module) {
            if (const char* text = dlerror()) reason = text;
            continue;
        }
        if (void* symbol = dlsym(module, kFactoryName)) return reinterpret_cast<Factory>(symbol);
        reason = file.string() + " does not hold " + kFactoryName + ".";
        dlclose(module);
    }
    if (reason.empty()) reason = std::string(kModuleName) + " was not found beside the program.";
    throw Error(ErrorCode::unsupported,
                "RealNVP needs LibTorch, which could not be loaded: " + reason,
                "Install the package libtorch-dev and build again, or choose the velocity field.");
}

Factory module_factory() {
    static std::mutex mutex;
    static Factory factory = nullptr;
    const std::lock_guard lock(mutex);
    if (!factory) factory = open_module();
    return factory;
}

void check(const RealNvpOptions& options) {
    if (options.dimension != 2 && options.dimension != 3) {
        throw Error(ErrorCode::unsupported,
                    "RealNVP splits space into two parts and needs 2 or 3 dimensions; the data have " +
                        std::to_string(options.dimension) + ".",
                    "Choose the velocity field.");
    }
    const auto refuse = [](const std::string& what) {
        throw Error(ErrorCode::bad_input, "RealNVP: " + what);
    };
    if (options.couplings < 1 || options.couplings > 64) refuse("the couplings must be 1 to 64.");
    if (options.hidden_width < 1 || options.hidden_width > 1024) {
        refuse("the hidden width must be 1 to 1024.");
    }
    if (!(options.maximum_log_scale > 0.0 && options.maximum_log_scale <= 10.0)) {
        refuse("the bound of the log-scale must be above 0 and at most 10.");
    }
    if (!(options.weight_decay >= 0.0 && options.weight_decay < 1e12)) {
        refuse("the weight decay must be a number of 0 or more.");
    }
    if (!(options.jacobian_penalty >= 0.0 && options.jacobian_penalty < 1e12)) {
        refuse("the penalty on the Jacobian must be a number of 0 or more.");
    }
}

}  // namespace

std::unique_ptr<Deformation> make_realnvp(const RealNvpOptions& options) {
    check(options);
    return std::unique_ptr<Deformation>(module_factory()(options));
}

}  // namespace anamorph
