// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

namespace anamorph {

/// Bytes that the process holds on its heap, all threads together; NaN where the C library does not
/// tell (other than glibc). Differences of two calls say what was allocated and kept in between.
[[nodiscard]] double heap_bytes_in_use();

/// Bytes of memory that this process may still take: what the system has available, or what its
/// control group leaves it where that is less. Infinity where neither can be read.
[[nodiscard]] double available_memory_bytes();

}  // namespace anamorph
