#pragma once

#include "core/base/json.h"
#include "core/base/result.h"
#include "core/tensor/safetensors.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <fmt/format.h>
#include <map>
#include <set>
#include <string>
#include <type_traits>
#include <vector>

namespace vitrine::quant
{

template <typename T>
constexpr DType storedAs()
{
    if constexpr (std::is_same_v<T, std::int8_t>)
        return DType::i8;
    else if constexpr (std::is_same_v<T, std::uint8_t>)
        return DType::u8;
    else if constexpr (std::is_same_v<T, std::int32_t>)
        return DType::i32;
    else if constexpr (std::is_same_v<T, std::int64_t>)
        return DType::i64;
    else if constexpr (std::is_same_v<T, float>)
        return DType::f32;
    else {
        static_assert(std::is_same_v<T, double>);
        return DType::f64;
    }
}

// The numbers of a coded network: long ones as tensors, each under "layer.key".
struct CodedTensors {
    struct Stored {
        DType type;
        std::vector<std::int64_t> shape;
        std::vector<std::byte> bytes;
    };
    std::map<std::string, Stored> written;
    const Safetensors* file = nullptr; // set: it is read
    std::set<std::string> read;
};

// One layer of a coded network on its way into a file or out of one: the same lines say both what
// is written and what is expected. The first problem is kept and names the layer and the key; after
// it nothing is read.
class CodedRecord
{
public:
    // `json`: the object of the layer; written to unless `tensors.file` is set.
    CodedRecord(Json& json, CodedTensors& tensors, std::string layer)
        : json_(json), tensors_(tensors), layer_(std::move(layer))
    {
    }

    bool isReading() const { return tensors_.file != nullptr; }
    const std::string& problem() const { return problem_; }
    void fail(const char* key, const std::string& what)
    {
        if (problem_.empty())
            problem_ = fmt::format("layer \"{}\": {} {}", layer_, key, what);
    }

    template <typename T>
    void whole(const char* key, T& value, std::int64_t low, std::int64_t high)
    {
        if (!isReading()) {
            json_[key] = static_cast<std::int64_t>(value);
            return;
        }
        if (const Json* found = find(key, &Json::is_number_integer)) {
            const auto number = found->get<std::int64_t>();
            if (number < low || number > high)
                return fail(key, fmt::format("is {}: {} to {} is possible", number, low, high));
            value = static_cast<T>(number);
        }
    }
    // Finite and above 0.
    void positive(const char* key, double& value)
    {
        real(key, value);
        if (problem_.empty() && !(value > 0 && std::isfinite(value)))
            fail(key, fmt::format("is {}: above 0 is possible", value));
    }
    void real(const char* key, double& value)
    {
        if (!isReading())
            json_[key] = value;
        else if (const Json* found = find(key, &Json::is_number))
            value = found->get<double>();
    }
    void flag(const char* key, bool& value)
    {
        if (!isReading())
            json_[key] = value;
        else if (const Json* found = find(key, &Json::is_boolean))
            value = found->get<bool>();
    }
    // One of these words, by its place.
    template <typename T>
    void choice(const char* key, T& value, std::initializer_list<const char*> words)
    {
        if (!isReading()) {
            json_[key] = *(words.begin() + static_cast<int>(value));
            return;
        }
        const Json* found = find(key, &Json::is_string);
        if (!found)
            return;
        const auto word = std::ranges::find(words, found->get<std::string>());
        if (word == words.end())
            return fail(key,
                        fmt::format("is \"{}\", which is not known", found->get<std::string>()));
        value = static_cast<T>(word - words.begin());
    }
    // `shape` is what it is written with; any shape of `count` numbers is read.
    template <typename T>
    void numbers(const std::string& key, std::vector<T>& values, std::int64_t count,
                 std::vector<std::int64_t> shape = {})
    {
        const std::string name = layer_ + "." + key;
        if (!isReading()) {
            const auto bytes = std::as_bytes(std::span(values));
            if (shape.empty())
                shape = {static_cast<std::int64_t>(values.size())};
            tensors_.written[name] = {
                storedAs<T>(), std::move(shape), {bytes.begin(), bytes.end()}};
            return;
        }
        if (!problem_.empty())
            return;
        const auto view = tensors_.file->tensor(name);
        if (!view)
            return fail(key.c_str(), "is missing");
        if (view->type != storedAs<T>() || view->elements() != count)
            return fail(key.c_str(),
                        fmt::format("has {} numbers of {}, {} of {} are expected", view->elements(),
                                    dtypeName(view->type), count, dtypeName(storedAs<T>())));
        values.resize(static_cast<std::size_t>(count));
        if (count > 0)
            std::memcpy(values.data(), view->bytes.data(), view->bytes.size());
        if constexpr (std::is_floating_point_v<T>)
            if (!std::ranges::all_of(values, [](T value) { return std::isfinite(value); }))
                fail(key.c_str(), "holds a number that is not finite");
        tensors_.read.insert(name);
    }
    template <typename T>
    void expectWithin(const char* key, const std::vector<T>& values, T low, T high)
    {
        if (isReading() &&
            !std::ranges::all_of(values, [&](T value) { return value >= low && value <= high; }))
            fail(key, fmt::format("holds a number outside {} to {}", static_cast<double>(low),
                                  static_cast<double>(high)));
    }

private:
    const Json* find(const char* key, bool (Json::*right)() const noexcept)
    {
        if (!problem_.empty())
            return nullptr;
        const auto found = json_.find(key);
        if (found == json_.end())
            fail(key, "is missing");
        else if (!((*found).*right)())
            fail(key, "has another type than expected");
        return problem_.empty() ? &*found : nullptr;
    }

    Json& json_;
    CodedTensors& tensors_;
    std::string layer_;
    std::string problem_;
};

} // namespace vitrine::quant
