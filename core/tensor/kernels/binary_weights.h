#pragma once

#include "core/tensor/kernels/binary_inputs.h"
#include "core/tensor/kernels/weights.h"

#include <memory>

namespace vitrine::kernels
{

class BinaryWeights;
using SharedBinaryWeights = std::shared_ptr<const BinaryWeights>;

// Weights as planes of -1 and +1 with scales of groups, packed for products with vectors. Those
// round the inputs to whole numbers (see InputPlan); where that cannot be (an input that is not
// finite, or whose scaled magnitude is beyond 2^100 or below 2^-90; groups of fewer than 16 rows
// whose columns are no multiple of 32) they decode the rows instead, slowly.
class BinaryWeights final : public WeightMatrix
{
public:
    // Copies the codes into their packed form. Input error where checkCodes gives one.
    static Result<SharedBinaryWeights> make(const BinaryCodes& codes, BinaryProduct product = {});

    // The same packed bytes, of which the first 1 <= `planes` <= storedPlanes() are used.
    SharedBinaryWeights withPlanes(int planes) const;
    // The same packed bytes and planes, multiplied otherwise.
    SharedBinaryWeights withProduct(BinaryProduct product) const;

    int planes() const { return planes_; }
    int storedPlanes() const { return tiles_->planes(); }
    BinaryProduct product() const { return plan_.product(); }
    // Whether there are other products than the decoded one: see above.
    bool hasFastProducts() const { return tiles_->hasFastProducts(); }
    std::int64_t bytes() const { return tiles_->bytes(); } // of all planes, shared or not

    std::string_view kind() const override { return "binary"; }
    std::int64_t rowBytes() const override;
    std::int64_t rowsTogether() const override;
    std::int64_t vectorRows() const override;
    void widen(std::int64_t begin, std::int64_t end, float* out) const override;
    void dotRows(std::int64_t begin, std::int64_t end, const float* x, const float* tables,
                 float* y) const override;
    std::int64_t tableSize() const override;
    std::int64_t tableParts() const override;
    void makeTables(const float* x, std::int64_t part, float* tables) const override;

private:
    BinaryWeights(std::shared_ptr<const BinaryTiles> tiles, int planes, BinaryProduct product);

    bool isDecoded() const;
    bool hasTables() const;
    std::int64_t variants() const; // of quantized inputs, for each group of rows
    const float* quantizeGroup(std::int64_t rowGroup, const float* x, const float* tables) const;
    void dotGroup(std::int64_t begin, std::int64_t end, const float* x, const float* inputs,
                  float* y) const;
    void dotDecoded(std::int64_t begin, std::int64_t end, const float* x, float* y) const;

    std::shared_ptr<const BinaryTiles> tiles_;
    int planes_;
    InputPlan plan_;
};

} // namespace vitrine::kernels
