// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/likelihood/lapack.h"

#include <omp.h>

#include <algorithm>
#include <thread>

// Present in OpenBLAS only; other BLAS libraries keep their own thread count.
extern "C" {
__attribute__((weak)) void openblas_set_num_threads(int threads);
__attribute__((weak)) int openblas_get_num_threads(void);
}

namespace anamorph {

ThreadCount::ThreadCount(int threads) {
    const int cores = std::max(1, static_cast<int>(std::thread::hardware_concurrency()));
    count_ = threads > 0 ? threads : std::max(1, cores - 1);
    previous_openmp_ = omp_get_max_threads();
    previous_blas_ = openblas_get_num_threads ? openblas_get_num_threads() : 0;
    omp_set_num_threads(count_);
    if (openblas_set_num_threads) openblas_set_num_threads(count_);
}

ThreadCount::~ThreadCount() {
    omp_set_num_threads(previous_openmp_);
    if (openblas_set_num_threads && previous_blas_ > 0) openblas_set_num_threads(previous_blas_);
}

BlasThreads::BlasThreads(int threads)
    : previous_(openblas_get_num_threads ? openblas_get_num_threads() : 0) {
    if (openblas_set_num_threads) openblas_set_num_threads(threads);
}

BlasThreads::~BlasThreads() {
    if (openblas_set_num_threads && previous_ > 0) openblas_set_num_threads(previous_);
}

namespace {

/// As it is before anybody changes it: several threads may change it at a time.
int usual_levels() {
    static const int levels = omp_get_max_active_levels();
    return levels;
}

}  // namespace

SerialRegions::SerialRegions() {
    (void)usual_levels();
    omp_set_max_active_levels(0);
}

SerialRegions::~SerialRegions() { omp_set_max_active_levels(usual_levels()); }

}  // namespace anamorph
