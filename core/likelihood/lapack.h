// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cblas.h>

// The Fortran interface of the LAPACK routines used here; matrices column-major.
extern "C" {
void dpotrf_(const char* uplo, const int* n, double* a, const int* lda, int* info);
void dpotri_(const char* uplo, const int* n, double* a, const int* lda, int* info);
}

namespace anamorph {

/// Sets the BLAS library's and OpenMP's thread count while it lives, and puts it back.
/// `threads` 0: all cores but one, at least one.
class ThreadCount {
public:
    explicit ThreadCount(int threads);
    ~ThreadCount();
    ThreadCount(const ThreadCount&) = delete;
    ThreadCount& operator=(const ThreadCount&) = delete;
    [[nodiscard]] int count() const { return count_; }

private:
    int count_;
    int previous_blas_;
    int previous_openmp_;
};

/// Sets the BLAS library's thread count alone while it lives: one inside OpenMP regions.
class BlasThreads {
public:
    explicit BlasThreads(int threads);
    ~BlasThreads();
    BlasThreads(const BlasThreads&) = delete;
    BlasThreads& operator=(const BlasThreads&) = delete;

private:
    int previous_;
};

/// OpenMP regions that this thread meets while it lives have one thread. CHOLMOD asks for four, whatever
/// the thread count is, and within a region of ours they are made and ended at every supernode.
class SerialRegions {
public:
    SerialRegions();
    ~SerialRegions();
    SerialRegions(const SerialRegions&) = delete;
    SerialRegions& operator=(const SerialRegions&) = delete;
};

}  // namespace anamorph
