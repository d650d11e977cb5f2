// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <omp.h>
#include <torch/torch.h>

#include <string>
#include <vector>

#include "core/base/error.h"
#include "core/base/types.h"

// What the networks need to work with LibTorch. Only sources of this folder include its headers.
namespace anamorph {

using torch::Tensor;

/// One LibTorch thread while it lives; the calling thread's OpenMP setting comes back afterwards
/// (LibTorch changes it).
class OneTorchThread {
public:
    OneTorchThread() : threads_(omp_get_max_threads()) { at::set_num_threads(1); }
    ~OneTorchThread() { omp_set_num_threads(threads_); }
    OneTorchThread(const OneTorchThread&) = delete;
    OneTorchThread& operator=(const OneTorchThread&) = delete;

private:
    int threads_;
};

/// Runs `work` on one LibTorch thread and turns LibTorch's exceptions into the core's.
template <class Work>
auto in_torch(Work&& work) {
    const OneTorchThread one_thread;
    try {
        return work();
    } catch (const c10::Error& error) {
        throw Error(ErrorCode::out_of_memory,
                    std::string("LibTorch could not evaluate RealNVP: ") +
                        error.what_without_backtrace(),
                    "Use fewer sites or a smaller network.");
    }
}

inline Tensor tensor_from(const Vector& v) {
    return torch::from_blob(const_cast<double*>(v.data()), {v.size()}, torch::kFloat64).clone();
}

inline Vector vector_from(const Tensor& t) {
    const Tensor flat = t.detach().contiguous().view({-1});
    return Eigen::Map<const Vector>(flat.data_ptr<double>(), flat.numel());
}

/// Points in flight: one column tensor (n×1) an axis.
using Columns = std::vector<Tensor>;

inline Columns columns_from(const Points& x) {
    Columns columns;
    for (Index axis = 0; axis < x.cols(); ++axis) {
        columns.push_back(tensor_from(x.col(axis)).view({-1, 1}));
    }
    return columns;
}

inline Points points_from(const Columns& columns) {
    Points x(columns.front().size(0), static_cast<Index>(columns.size()));
    for (std::size_t axis = 0; axis < columns.size(); ++axis) {
        x.col(static_cast<Index>(axis)) = vector_from(columns[axis]);
    }
    return x;
}

}  // namespace anamorph
