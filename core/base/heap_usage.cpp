// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/heap_usage.h"

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <limits>
#include <string>

// Sanitizers have an allocator of their own, which malloc_info does not know.
#if defined(__GLIBC__) && !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
#define ANAMORPH_MALLOC_INFO
#include <malloc.h>
#endif

namespace anamorph {

namespace {

#if defined(ANAMORPH_MALLOC_INFO)
/// The number behind the last `key` of the text; 0 where there is none.
double last_number(const std::string& text, const std::string& key) {
    const auto at = text.rfind(key);
    return at == std::string::npos ? 0.0 : std::strtod(text.c_str() + at + key.size(), nullptr);
}
#endif

double number_in(const char* path) {
    std::ifstream file(path);
    double value = 0.0;
    return file >> value ? value : std::numeric_limits<double>::infinity();
}

/// The number behind `name` in a file of names and numbers, a pair a line; 0 where there is none.
double named_number(const char* path, const std::string& name) {
    std::ifstream file(path);
    std::string word;
    double value = 0.0;
    while (file >> word >> value) {
        if (word == name) return value;
        file.ignore(std::numeric_limits<std::streamsize>::max(), '\n');
    }
    return 0.0;
}

}  // namespace

double heap_bytes_in_use() {
#if defined(ANAMORPH_MALLOC_INFO)
    char* buffer = nullptr;
    std::size_t size = 0;
    FILE* stream = open_memstream(&buffer, &size);
    if (!stream) return std::numeric_limits<double>::quiet_NaN();
    const bool told = malloc_info(0, stream) == 0;
    std::fclose(stream);
    const std::string text(buffer, size);
    std::free(buffer);
    if (!told) return std::numeric_limits<double>::quiet_NaN();
    // The totals over all arenas stand at the end: taken from the system, less what is free in them,
    // plus what was mapped on its own.
    const auto totals = text.rfind("</heap>");
    const std::string end = totals == std::string::npos ? text : text.substr(totals);
    const auto sized = [&](const char* kind) {
        const auto at = end.find("<total type=\"" + std::string(kind) + "\"");
        return at == std::string::npos ? 0.0 : last_number(end.substr(at, end.find("/>", at) - at), "size=\"");
    };
    return last_number(end, "<system type=\"current\" size=\"") + sized("mmap") - sized("fast") -
           sized("rest");
#else
    return std::numeric_limits<double>::quiet_NaN();
#endif
}

double available_memory_bytes() {
    double available = std::numeric_limits<double>::infinity();
    const double free_kilobytes = named_number("/proc/meminfo", "MemAvailable:");
    if (free_kilobytes > 0.0) available = 1024.0 * free_kilobytes;
    const double limit = number_in("/sys/fs/cgroup/memory.max");
    const double used = number_in("/sys/fs/cgroup/memory.current");
    if (limit < 1e18 && used < 1e18) {
        // What the group's files hold in the cache is given back when it is needed.
        const double cache = named_number("/sys/fs/cgroup/memory.stat", "inactive_file") +
                             named_number("/sys/fs/cgroup/memory.stat", "active_file");
        available = std::min(available, std::max(0.0, limit - used + cache));
    }
    return available;
}

}  // namespace anamorph
