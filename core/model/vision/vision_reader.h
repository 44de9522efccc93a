#pragma once

#include "core/model/network/config_fields.h"

#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace vitrine::model
{

inline constexpr std::int64_t kMostPictureSide = 4096;

// Reads one object of an untrusted configuration of a vision transformer; the first problem is kept
// in `fields`. `where` stands before its keys in messages ("pretrained_cfg.").
class VisionReader
{
public:
    explicit VisionReader(const Json& json, std::string where = {})
        : json_(json), where_(where), fields(json, std::move(where))
    {
    }

    // Nothing where none of the keys is there. What is no whole number is a problem.
    std::optional<std::int64_t> size(std::initializer_list<const char*> keys, std::int64_t most);
    // One number, or two equal ones.
    std::optional<std::int64_t> side(const char* key);
    std::vector<std::int64_t> list(const char* key, std::int64_t most); // also of one
    std::vector<double> reals(const char* key);                         // also of one
    // What several keys say: one positive number, or several equal ones.
    std::optional<double> same(std::initializer_list<const char*> keys);
    std::optional<bool> flag(const char* key);
    // The keys, as they are, that are not among `known`: words with a space around each.
    std::vector<std::string> unknown(std::string_view known) const;
    std::string quoted(std::string_view key) const
    {
        return fmt::format("\"{}{}\"", where_, printable(key));
    }
    const Json& json() const { return json_; }

private:
    const Json& json_;
    std::string where_;

public:
    ConfigFields fields;
};

// Input error for what is no object.
Result<Json> parseObject(std::string_view text, std::string_view name);

} // namespace vitrine::model
