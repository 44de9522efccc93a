#include "core/superres/s2r/pixel_product.h"

#include "core/base/parallel.h"
#include "core/tensor/kernels/map_rows.h"
#include "core/tensor/kernels/multiply.h"

#include <algorithm>

namespace vitrine::superres
{
namespace
{

constexpr std::int64_t kPixelsTogether = 1024; // of one share

void inSharesOf(std::int64_t total, std::int64_t share, const Share& body)
{
    const std::int64_t shares = (total + share - 1) / share;
    parallelFor(static_cast<std::size_t>(shares), [&](std::size_t i) {
        const std::int64_t first = static_cast<std::int64_t>(i) * share;
        body(first, std::min(share, total - first));
    });
}

} // namespace

void multiplyPixels(const PixelProduct& product, const float* x, std::int64_t pixels, float* y,
                    Into into)
{
    kernels::biasRows(product.bias.data(), pixels, product.out, into == Into::add, y);
    kernels::gemm(false, pixels, product.out, product.in, x, product.in, product.weights.data(),
                  product.out, true, y, product.out);
}

void forPixels(const MapSize& map, const Share& body)
{
    inSharesOf(map.pixels(), kPixelsTogether, body);
}

// Shares of rows read a row above and a row below: high ones do so seldom.
void forRows(const MapSize& map, const Share& body)
{
    inSharesOf(map.height, std::clamp<std::int64_t>(map.height / 8, 8, 32), body);
}

} // namespace vitrine::superres
