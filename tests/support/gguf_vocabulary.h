#pragma once

#include <cstdint>
#include <cstring>
#include <fstream>
#include <iterator>
#include <map>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace vitrine::testing_support
{

// The tokenizer keys of a GGUF file that the tests trust: lists of texts, numbers and scores by
// key.
struct GgufVocabulary {
    std::map<std::string, std::vector<std::string>> texts;
    std::map<std::string, std::vector<std::int32_t>> integers;
    std::map<std::string, std::vector<float>> reals;
};

class GgufReader
{
public:
    explicit GgufReader(const std::string& path)
    {
        std::ifstream file(path, std::ios::binary);
        bytes_.assign(std::istreambuf_iterator<char>(file), {});
    }

    GgufVocabulary read()
    {
        if (bytes_.substr(0, 4) != "GGUF")
            throw std::runtime_error("not a GGUF file");
        at_ = 4;
        take<std::uint32_t>(); // version
        take<std::uint64_t>(); // tensors
        for (auto keys = take<std::uint64_t>(); keys > 0; --keys) {
            const std::string key = text();
            value(key, take<std::uint32_t>());
        }
        return std::move(found_);
    }

private:
    template <typename T>
    T take()
    {
        T number;
        std::memcpy(&number, bytes_.substr(at_, sizeof number).data(), sizeof number);
        at_ += sizeof number;
        return number;
    }
    std::string text()
    {
        const auto size = take<std::uint64_t>();
        at_ += size;
        return bytes_.substr(at_ - size, size);
    }
    void value(const std::string& key, std::uint32_t type)
    {
        constexpr std::size_t sizes[] = {1, 1, 2, 2, 4, 4, 4, 1, 0, 0, 8, 8, 8};
        if (type == 8)
            found_.texts[key].push_back(text());
        else if (type == 9)
            list(key);
        else if (type == 5)
            found_.integers[key].push_back(take<std::int32_t>());
        else if (type == 6)
            found_.reals[key].push_back(take<float>());
        else
            at_ += sizes[type];
    }
    void list(const std::string& key)
    {
        const auto type = take<std::uint32_t>();
        for (auto count = take<std::uint64_t>(); count > 0; --count)
            value(key, type);
    }

    std::string bytes_;
    std::size_t at_ = 0;
    GgufVocabulary found_;
};

} // namespace vitrine::testing_support
