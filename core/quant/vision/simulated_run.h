#pragma once

#include "core/quant/vision/simulated_steps.h"

#include <span>
#include <vector>

namespace vitrine::quant
{

// One picture on its way through a network in codes, layer by layer, in double precision. Between
// two layers the codes of those to come may be changed: what methods that choose them on what comes
// in need. Both arguments must outlive the run.
class SimulatedRun
{
public:
    // Of a picture that checkPicture accepts.
    SimulatedRun(const CodedVision& coded, std::span<const float> picture,
                 const SimulatedPass& pass);

    // The next of model::forwardPlan(network). An activation that its product does is done already.
    void take(const model::Step& step);
    // What a layer reads, while its turn has not come: the distances of the codes from their grid's
    // zero.
    SimulatedInput inputOf(std::size_t layer, std::size_t operand) const;
    ResultCodes result() const; // after the last

private:
    Matrix compute(std::size_t layer, const CodeGrid& output) const;
    void tell(std::size_t place) const;
    std::size_t placeOf(std::size_t layer) const;

    const CodedVision& coded_;
    const SimulatedPass& pass_;
    SimulatedRounding to_;
    Matrix picture_;
    std::vector<Matrix> outputs_;
};

} // namespace vitrine::quant
