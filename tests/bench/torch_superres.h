#pragma once

#include <cstdint>
#include <span>

namespace vitrine::bench
{

// The trainer's S2R in libtorch, in inference mode, with libtorch's convolutions and products and
// the trainer's own fused loops for shifts, windows and deformed taps: faster than the same network
// in tensor expressions alone.
class TorchSuperres
{
public:
    virtual ~TorchSuperres() = default;
    // low: height x width x 3 in 0..1. The large picture likewise, until the next call.
    virtual std::span<const float> run(std::span<const float> low, std::int64_t height,
                                       std::int64_t width) = 0;
};

// Lives in a module of its own (torch_llama.h says why). `model`: the folder of the weights of this
// network ("s2r-fast"). The caller owns the result; null where something is missing, as the error
// output then says.
using MakeTorchSuperres = TorchSuperres* (*)(const char* name, std::int64_t scale,
                                             const char* model, int threads);
inline constexpr const char* kMakeTorchSuperres = "vitrineMakeTorchSuperres";

} // namespace vitrine::bench
