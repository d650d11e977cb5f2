// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/deformation/layer_chain.h"

#include "core/base/error.h"
#include "core/deformation/layer_tape.h"

namespace anamorph {

namespace {

class ChainTape final : public LayerTape {
public:
    ChainTape(const std::vector<std::unique_ptr<Deformation>>& layers, const Points& x)
        : log_det_(Vector::Zero(x.rows())) {
        for (const auto& layer : layers) {
            auto tape = layer->record(tapes_.empty() ? x : tapes_.back()->deformed());
            auto* own = dynamic_cast<LayerTape*>(tape.get());
            if (!own)
                throw Error(ErrorCode::unsupported, "This deformation cannot be one layer of several.");
            (void)tape.release();
            tapes_.emplace_back(own);
            log_det_ += own->log_abs_det();
            count_ += layer->parameter_count();
        }
    }

    [[nodiscard]] const Points& deformed() const override { return tapes_.back()->deformed(); }
    [[nodiscard]] const Vector& log_abs_det() const override { return log_det_; }

    [[nodiscard]] Vector pull_back_to_points(const Points& d_deformed, const Vector& d_log_det,
                                             Points& d_points) const override {
        Vector gradient(count_);
        Index end = count_;
        d_points = d_deformed;
        for (std::size_t k = tapes_.size(); k-- > 0;) {
            Points before;
            const Vector own = tapes_[k]->pull_back_to_points(d_points, d_log_det, before);
            end -= own.size();
            gradient.segment(end, own.size()) = own;
            d_points = std::move(before);
        }
        return gradient;
    }

private:
    std::vector<std::unique_ptr<LayerTape>> tapes_;
    Vector log_det_;
    Index count_ = 0;
};

}  // namespace

LayerChain::LayerChain(std::vector<std::unique_ptr<Deformation>> layers) : layers_(std::move(layers)) {
    if (layers_.empty()) throw Error(ErrorCode::bad_input, "A deformation of layers needs at least one.");
    for (const auto& layer : layers_)
        if (layer->dimension() != dimension())
            throw Error(ErrorCode::dimension_mismatch, "Deformations of different dimension.");
}

LayerChain::LayerChain(const LayerChain& other) : Deformation(other) {
    for (const auto& layer : other.layers_) layers_.push_back(layer->clone());
}

Index LayerChain::parameter_count() const {
    Index count = 0;
    for (const auto& layer : layers_) count += layer->parameter_count();
    return count;
}

Vector LayerChain::parameters() const {
    Vector all(parameter_count());
    Index next = 0;
    for (const auto& layer : layers_) {
        all.segment(next, layer->parameter_count()) = layer->parameters();
        next += layer->parameter_count();
    }
    return all;
}

void LayerChain::set_parameters(const Vector& parameters) {
    if (parameters.size() != parameter_count())
        throw Error(ErrorCode::dimension_mismatch,
                    "The layers have " + std::to_string(parameter_count()) +
                        " parameters together, not " + std::to_string(parameters.size()) + ".");
    Index next = 0;
    for (const auto& layer : layers_) {
        layer->set_parameters(parameters.segment(next, layer->parameter_count()));
        next += layer->parameter_count();
    }
}

std::unique_ptr<Deformation> LayerChain::clone() const { return std::make_unique<LayerChain>(*this); }

Points LayerChain::forward(const Points& x) const {
    Points u = x;
    for (const auto& layer : layers_) u = layer->forward(u);
    return u;
}

Vector LayerChain::log_abs_det(const Points& x) const {
    Points u = x;
    Vector sum = Vector::Zero(x.rows());
    for (const auto& layer : layers_) {
        sum += layer->log_abs_det(u);
        if (layer != layers_.back()) u = layer->forward(u);
    }
    return sum;
}

Points LayerChain::inverse(const Points& u) const {
    Points x = u;
    for (std::size_t k = layers_.size(); k-- > 0;) x = layers_[k]->inverse(x);
    return x;
}

std::unique_ptr<DeformationTape> LayerChain::record(const Points& x) const {
    return std::make_unique<ChainTape>(layers_, x);
}

double LayerChain::regulariser(Vector& gradient) const {
    double value = 0.0;
    Index next = 0;
    for (const auto& layer : layers_) {
        Vector own = Vector::Zero(layer->parameter_count());
        value += layer->regulariser(own);
        gradient.segment(next, own.size()) += own;
        next += own.size();
    }
    return value;
}

Vector LayerChain::prior_precision() const {
    Vector all(parameter_count());
    Index next = 0;
    for (const auto& layer : layers_) {
        all.segment(next, layer->parameter_count()) = layer->prior_precision();
        next += layer->parameter_count();
    }
    return all;
}

}  // namespace anamorph
