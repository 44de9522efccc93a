#pragma once

#include <cstdint>
#include <memory>

namespace vitrine::kernels
{

// The second factor of a product in whole numbers as kernels read it: tiles of 16 outputs times 4
// inputs, the four of an output side by side; missing ones are 0. The tiles of 16 outputs follow
// each other. Grows, never shrinks: one object serves many products.
class Int8Tiles
{
public:
    static constexpr std::int64_t kOutputs = 16, kInputs = 4, kBytes = kOutputs * kInputs;

    // Output o, input i at codes[o * stride + i].
    void packRows(const std::int8_t* codes, std::int64_t outputs, std::int64_t inputs,
                  std::int64_t stride);
    // Output o, input i at codes[i * stride + o].
    void packColumns(const std::int8_t* codes, std::int64_t outputs, std::int64_t inputs,
                     std::int64_t stride);

    std::int64_t outputs() const { return outputs_; }
    std::int64_t inputs() const { return inputs_; }
    std::int64_t tiles() const { return (inputs_ + kInputs - 1) / kInputs; } // of 16 outputs
    std::int64_t blocks() const { return (outputs_ + kOutputs - 1) / kOutputs; }
    const std::int8_t* block(std::int64_t b) const { return codes_ + b * tiles() * kBytes; }
    // Of the codes of each output, of whole blocks; not after packColumns.
    const std::int32_t* sums() const { return sums_; }

private:
    void resize(std::int64_t outputs, std::int64_t inputs);

    std::int64_t outputs_ = 0, inputs_ = 0;
    std::size_t capacity_ = 0;
    std::shared_ptr<std::uint8_t[]> bytes_;
    std::int8_t* codes_ = nullptr; // at a multiple of 64 bytes
    std::int32_t* sums_ = nullptr;
};

} // namespace vitrine::kernels
