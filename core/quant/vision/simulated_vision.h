#pragma once

#include "core/base/result.h"
#include "core/quant/vision/vision_codes.h"

#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <vector>

namespace vitrine::quant
{

// What a layer of a coded network gave: what its codes stand for in the original network, rows by
// columns, as model::LayerOutput has them.
struct CodedOutput {
    std::size_t layer = 0;
    std::int64_t rows = 0, columns = 0;
    std::span<const double> values; // until the observer returns
};

// How many sums were rounded to codes, and how many of them half-way to the even neighbour would
// have rounded otherwise.
struct RoundingCount {
    std::int64_t values = 0, halves = 0;

    RoundingCount& operator+=(const RoundingCount& other)
    {
        values += other.values, halves += other.halves;
        return *this;
    }
};

struct SimulatedPass {
    std::function<void(const CodedOutput&)> observe; // on the calling thread
    RoundingCount* count = nullptr;
};

// The codes of a network's result; two heads: one after the other.
using ResultCodes = std::vector<std::int32_t>;

// Runs a network in codes by double precision: what "fake quantization" does, with every step
// exact where the codes' scales and requantizers are whole. The judge of IntegerVision, and the
// only pass of methods that leave parts in floating point. Any thread, several at once.
class SimulatedVision
{
public:
    // Input error that names a layer which no method here puts into codes.
    static Result<SimulatedVision> make(std::shared_ptr<const CodedVision> coded);

    const CodedVision& coded() const { return *coded_; }
    // A prepared picture, [side * side, channels]; argument error for another size, for NaN and
    // for infinity.
    Result<ResultCodes> run(std::span<const float> picture, const SimulatedPass& pass = {}) const;

private:
    explicit SimulatedVision(std::shared_ptr<const CodedVision> coded) : coded_(std::move(coded)) {}
    std::shared_ptr<const CodedVision> coded_;
};

// Argument error for a picture of another size than the network reads, and for one with NaN or
// infinity.
Result<void> checkPicture(const CodedVision& coded, std::span<const float> picture);

// The layers that nobody reads, in order: one head, or two.
std::vector<std::size_t> resultLayers(const model::Network& network);

// What the codes of a result stand for: the logits, the mean of both heads where there are two.
std::vector<float> logitsOf(const CodedVision& coded, const ResultCodes& codes);

// The parts of a network in codes that are computed in floating point, in plain words, each once:
// "LayerNorm", "requantization (a multiplication by a real number)". Empty: whole numbers
// throughout.
std::vector<std::string> floatParts(const CodedVision& coded);

} // namespace vitrine::quant
