#include "core/learning/nets/codec/vnw.h"

#include "core/learning/nets/codec/byte_stream.h"
#include "core/learning/nets/codec/sha256.h"
#include "core/learning/nets/codec/vnw_tensor.h"
#include "core/learning/nets/training/tensor_file.h"

#include <fstream>
#include <stdexcept>

namespace vitrine::learning::codec
{

namespace
{

constexpr std::string_view kVnwMagic{"\x89VNW\r\n\x1a\n", 8};
constexpr uint16_t kVnwMajor = 1, kVnwMinor = 0;
constexpr size_t kKindBytes = 16, kHashBytes = 32;
constexpr size_t kMostBytes = 3 << 20;

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
    std::string content(kMostBytes + 1, '\0');
    in.read(content.data(), static_cast<std::streamsize>(content.size()));
    content.resize(static_cast<size_t>(in.gcount()));
    if (content.size() > kMostBytes)
        throw std::runtime_error("it has more than 3 MiB");
    ByteSource from = checkedSource(content, kind);
    if (from.take<uint8_t>() != 0)
        throw std::runtime_error("its profile is not known");
    Weights weights;
    weights.kind = kind;
    size_t hyperpriors = from.take<uint8_t>();
    if (hyperpriors != (kind == "ctvc-intra" ? 1 : 2))
        throw std::runtime_error("its number of hyperpriors is not that of " + kind);
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
