// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/deformation/composition.h"

#include "core/base/error.h"

namespace anamorph {

namespace {

class CompositionTape final : public DeformationTape {
public:
    CompositionTape(const LinearDeformation& outer, std::unique_ptr<DeformationTape> inner)
        : outer_(outer),
          inner_(std::move(inner)),
          deformed_(outer.forward(inner_->deformed())),
          log_det_(inner_->log_abs_det().array() + outer.log_det()) {}
    [[nodiscard]] const Points& deformed() const override { return deformed_; }
    [[nodiscard]] const Vector& log_abs_det() const override { return log_det_; }
    [[nodiscard]] Vector pull_back(const Points& g, const Vector& gamma) const override {
        const Vector d_outer = outer_.pull_back_matrix(g.transpose() * inner_->deformed(),
                                                       gamma.size() > 0 ? gamma.sum() : 0.0);
        const Vector d_inner = inner_->pull_back(g * outer_.matrix(), gamma);
        Vector gradient(d_outer.size() + d_inner.size());
        gradient << d_outer, d_inner;
        return gradient;
    }

private:
    LinearDeformation outer_;
    std::unique_ptr<DeformationTape> inner_;
    Points deformed_;
    Vector log_det_;
};

}  // namespace

LinearAfter::LinearAfter(LinearDeformation outer, std::unique_ptr<Deformation> inner)
    : outer_(std::move(outer)), inner_(std::move(inner)) {
    if (outer_.dimension() != inner_->dimension())
        throw Error(ErrorCode::dimension_mismatch, "Deformations of different dimension.");
}

LinearAfter::LinearAfter(const LinearAfter& other)
    : Deformation(other), outer_(other.outer_), inner_(other.inner_->clone()) {}

Index LinearAfter::parameter_count() const {
    return outer_.parameter_count() + inner_->parameter_count();
}

Vector LinearAfter::parameters() const {
    Vector p(parameter_count());
    p << outer_.parameters(), inner_->parameters();
    return p;
}

void LinearAfter::set_parameters(const Vector& parameters) {
    if (parameters.size() != parameter_count())
        throw Error(ErrorCode::dimension_mismatch, "Wrong number of deformation parameters.");
    outer_.set_parameters(parameters.head(outer_.parameter_count()));
    inner_->set_parameters(parameters.tail(inner_->parameter_count()));
}

std::unique_ptr<Deformation> LinearAfter::clone() const {
    return std::make_unique<LinearAfter>(*this);
}

Points LinearAfter::forward(const Points& x) const { return outer_.forward(inner_->forward(x)); }

Vector LinearAfter::log_abs_det(const Points& x) const {
    return inner_->log_abs_det(x).array() + outer_.log_det();
}

Points LinearAfter::inverse(const Points& u) const { return inner_->inverse(outer_.inverse(u)); }

std::unique_ptr<DeformationTape> LinearAfter::record(const Points& x) const {
    return std::make_unique<CompositionTape>(outer_, inner_->record(x));
}

double LinearAfter::regulariser(Vector& gradient) const {
    const Index k = outer_.parameter_count();
    Vector d_outer = Vector::Zero(k), d_inner = Vector::Zero(inner_->parameter_count());
    const double value = outer_.regulariser(d_outer) + inner_->regulariser(d_inner);
    gradient.head(k) += d_outer;
    gradient.tail(d_inner.size()) += d_inner;
    return value;
}

Vector LinearAfter::prior_precision() const {
    Vector p(parameter_count());
    p << outer_.prior_precision(), inner_->prior_precision();
    return p;
}

}  // namespace anamorph
