#include "core/learning/nets/codec/vnw_tensor.h"

#include <cstring>
#include <stdexcept>

namespace vitrine::learning::codec
{

using torch::Tensor;

namespace
{

constexpr int64_t kMostSide = 4096; // of a tensor

} // namespace

void putTensor(ByteSink& to, const std::string& name, const Tensor& tensor)
{
    const Tensor half = tensor.detach().to(torch::kHalf).contiguous();
    to.put(static_cast<uint8_t>(name.size()));
    to.put(std::string_view(name));
    to.put(static_cast<uint8_t>(half.dim()));
    for (const int64_t size : half.sizes())
        to.put(static_cast<uint32_t>(size));
    const auto* bits = reinterpret_cast<const char*>(half.data_ptr());
    for (int64_t i = 0; i < half.numel(); ++i) {
        uint16_t word = 0;
        std::memcpy(&word, bits + 2 * i, 2);
        to.put(word);
    }
}

std::pair<std::string, Tensor> takeTensor(ByteSource& from)
{
    const std::string name(from.take(from.take<uint8_t>()));
    std::vector<int64_t> sizes(from.take<uint8_t>());
    int64_t count = 1;
    for (int64_t& size : sizes) {
        size = from.take<uint32_t>();
        if (size < 1 || size > kMostSide || (count *= size) > static_cast<int64_t>(from.left()))
            throw std::runtime_error("the shape of " + name + " is not possible");
    }
    if (static_cast<size_t>(count) * 2 > from.left())
        throw std::runtime_error("it ends within " + name);
    Tensor half = torch::empty(sizes, torch::kHalf);
    auto* bits = reinterpret_cast<char*>(half.data_ptr());
    for (int64_t i = 0; i < count; ++i) {
        const auto word = from.take<uint16_t>();
        std::memcpy(bits + 2 * i, &word, 2);
    }
    return {name, half.to(torch::kFloat)};
}

} // namespace vitrine::learning::codec
