#include "core/learning/nets/codec/vnw.h"

#include "core/learning/nets/codec/byte_stream.h"
#include "core/learning/nets/codec/sha256.h"
#include "core/learning/nets/training/tensor_file.h"

#include <cstring>
#include <fstream>
#include <iterator>
#include <numeric>
#include <stdexcept>

namespace vitrine::learning::codec
{

using torch::Tensor;

namespace
{

constexpr std::string_view kVnwMagic{"\x89VNW\r\n\x1a\n", 8};
constexpr uint16_t kVnwMajor = 1, kVnwMinor = 0;
constexpr size_t kKindBytes = 16, kHashBytes = 32;
constexpr size_t kMostBytes = 3 << 20;
constexpr int64_t kMostSide = 4096;

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

void putTable(ByteSink& to, const Table& table)
{
    to.put(table.first);
    to.put(static_cast<uint16_t>(table.frequencies.size()));
    for (const uint16_t frequency : table.frequencies)
        to.put(frequency);
}

Table takeTable(ByteSource& from)
{
    Table table{from.take<int16_t>(), std::vector<uint16_t>(from.take<uint16_t>())};
    uint32_t sum = 0;
    for (uint16_t& frequency : table.frequencies) {
        frequency = from.take<uint16_t>();
        if (frequency == 0)
            throw std::runtime_error("a table has a frequency of zero");
        sum += frequency;
    }
    if (table.frequencies.size() < 2 || sum != kFrequencySum)
        throw std::runtime_error("a table's frequencies do not sum to 65536");
    return table;
}

void putLayer(ByteSink& to, const IntegerLayer& layer)
{
    to.put(static_cast<uint8_t>(layer.doubles));
    to.put(static_cast<uint16_t>(layer.in));
    to.put(static_cast<uint16_t>(layer.out));
    for (const int8_t weight : layer.weights)
        to.put(weight);
    for (const int32_t bias : layer.biases)
        to.put(bias);
    for (const int8_t shift : layer.shifts)
        to.put(shift);
}

IntegerLayer takeLayer(ByteSource& from)
{
    IntegerLayer layer;
    const auto kind = from.take<uint8_t>();
    layer.doubles = kind == 1;
    layer.in = from.take<uint16_t>();
    layer.out = from.take<uint16_t>();
    const int64_t weights = layer.out * layer.in * layer.kernel() * layer.kernel();
    if (kind > 1 || layer.in != kHyperChannels || layer.out < 1 ||
        weights > static_cast<int64_t>(from.left()))
        throw std::runtime_error("a layer of a hyper-decoder is not possible");
    layer.weights.resize(static_cast<size_t>(weights));
    layer.biases.resize(static_cast<size_t>(layer.out));
    layer.shifts.resize(static_cast<size_t>(layer.out));
    for (int8_t& weight : layer.weights)
        weight = from.take<int8_t>();
    for (int32_t& bias : layer.biases)
        if (bias = from.take<int32_t>(); bias > (1 << 29) || bias < -(1 << 29))
            throw std::runtime_error("a bias of a hyper-decoder is out of range");
    for (int8_t& shift : layer.shifts)
        if (shift = from.take<int8_t>(); shift > 31 || shift < -24)
            throw std::runtime_error("a shift of a hyper-decoder is out of range");
    return layer;
}

void putHyper(ByteSink& to, const HyperCode& hyper)
{
    to.put(static_cast<uint16_t>(hyper.tables.size()));
    for (const Table& table : hyper.tables)
        putTable(to, table);
    for (const IntegerLayer& layer : hyper.decoder.layers)
        putLayer(to, layer);
    for (const int16_t threshold : hyper.decoder.thresholds)
        to.put(threshold);
}

HyperCode takeHyper(ByteSource& from)
{
    HyperCode hyper;
    for (size_t left = from.take<uint16_t>(); left > 0; --left)
        hyper.tables.push_back(takeTable(from));
    for (IntegerLayer& layer : hyper.decoder.layers)
        layer = takeLayer(from);
    for (int16_t& threshold : hyper.decoder.thresholds)
        threshold = from.take<int16_t>();
    return hyper;
}

std::string hashOf(std::string_view bytes)
{
    const auto hash = sha256(bytes);
    return {hash.begin(), hash.end()};
}

// Everything but the length, which is known at the end, and the hash.
ByteSource checkedSource(std::string_view content, const std::string& kind)
{
    if (content.size() < kVnwMagic.size() || content.substr(0, kVnwMagic.size()) != kVnwMagic)
        throw std::runtime_error("it is no .vnw file");
    ByteSource from(content);
    from.take(kVnwMagic.size());
    if (const auto major = from.take<uint16_t>(); major != kVnwMajor)
        throw std::runtime_error("it has version " + std::to_string(major) + ", 1 expected");
    from.take<uint16_t>();
    if (from.take<uint32_t>() != content.size())
        throw std::runtime_error("its length is not the one it states");
    if (content.size() < 64 || content.substr(content.size() - kHashBytes) !=
                                   hashOf(content.substr(0, content.size() - kHashBytes)))
        throw std::runtime_error("its bytes do not have the SHA-256 at its end");
    std::string found(from.take(kKindBytes));
    found = found.substr(0, found.find('\0'));
    if (found != kind)
        throw std::runtime_error("it holds " + found + ", " + kind + " expected");
    return from;
}

} // namespace

void writeWeights(const std::string& path, const Weights& weights)
{
    ByteSink to;
    to.put(kVnwMagic);
    to.put(kVnwMajor);
    to.put(kVnwMinor);
    to.put(uint32_t{0}); // the length
    std::string kind = weights.kind;
    kind.resize(kKindBytes, '\0');
    to.put(std::string_view(kind));
    to.put(uint8_t{0}); // profile mini
    to.put(static_cast<uint8_t>(weights.hyperpriors.size()));
    to.put(static_cast<uint16_t>(weights.tensors.size()));
    for (const auto& [name, tensor] : weights.tensors)
        putTensor(to, name, tensor);
    for (const Table& table : weights.gaussians)
        putTable(to, table);
    for (const HyperCode& hyper : weights.hyperpriors)
        putHyper(to, hyper);

    std::string& bytes = to.bytes();
    const size_t length = bytes.size() + kHashBytes;
    if (length > kMostBytes)
        throw std::runtime_error("cannot write " + path + ": it would have " +
                                 std::to_string(length) + " bytes, 3 MiB at most");
    for (size_t i = 0; i < 4; ++i)
        bytes[12 + i] = static_cast<char>(length >> (8 * i));
    writeWhole(path, bytes + hashOf(bytes));
}

Weights readWeights(const std::string& path, const std::string& kind)
try {
    std::ifstream in(path, std::ios::binary);
    if (!in)
        throw std::runtime_error("it cannot be opened");
    const std::string content{std::istreambuf_iterator<char>(in), {}};
    ByteSource from = checkedSource(content, kind);
    if (from.take<uint8_t>() != 0)
        throw std::runtime_error("its profile is not known");
    Weights weights;
    weights.kind = kind;
    size_t hyperpriors = from.take<uint8_t>();
    for (size_t left = from.take<uint16_t>(); left > 0; --left)
        weights.tensors.push_back(takeTensor(from));
    for (int i = 0; i < kSigmas; ++i)
        weights.gaussians.push_back(takeTable(from));
    for (; hyperpriors > 0; --hyperpriors)
        weights.hyperpriors.push_back(takeHyper(from));
    if (from.left() != kHashBytes)
        throw std::runtime_error("it has bytes that nothing describes");
    return weights;
} catch (const std::exception& error) {
    throw std::runtime_error("cannot read " + path + ": " + error.what());
}

} // namespace vitrine::learning::codec
