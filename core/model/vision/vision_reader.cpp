#include "core/model/vision/vision_reader.h"

namespace vitrine::model
{
namespace
{

constexpr std::size_t kMostStages = 16, kMostChannels = 4;

} // namespace

std::optional<std::int64_t> VisionReader::size(std::initializer_list<const char*> keys,
                                               std::int64_t most)
{
    for (const char* key : keys)
        if (fields.find(key))
            return fields.integer(key, 0, most, {});
    return {};
}

std::optional<std::int64_t> VisionReader::side(const char* key)
{
    const Json* value = fields.find(key);
    if (!value || !value->is_array())
        return size({key}, kMostPictureSide);
    const std::vector<std::int64_t> both = list(key, kMostPictureSide);
    if (both.size() == 2 && both[0] == both[1])
        return both[0];
    fields.refuse("\"{}{}\" is to be one number or two equal ones; pictures that are not square "
                  "are not supported",
                  where_, key);
    return {};
}

std::vector<std::int64_t> VisionReader::list(const char* key, std::int64_t most)
{
    std::vector<std::int64_t> all;
    const Json* value = fields.find(key);
    if (!value)
        return all;
    if (!value->is_array())
        return {fields.integer(key, 0, most, {})};
    for (const Json& each : *value) {
        if (!each.is_number_integer() || each.get<std::int64_t>() < 0 ||
            each.get<std::int64_t>() > most || all.size() >= kMostStages) {
            fields.refuse("\"{}{}\" is to be a few whole numbers up to {}", where_, key, most);
            return {};
        }
        all.push_back(each.get<std::int64_t>());
    }
    return all;
}

std::vector<double> VisionReader::reals(const char* key)
{
    std::vector<double> all;
    const Json* value = fields.find(key);
    if (!value)
        return all;
    const Json one = Json::array({*value});
    for (const Json& each : value->is_array() ? *value : one) {
        const double number = each.is_number() ? each.get<double>() : -1;
        if (!(number >= 0 && number < 1000) || all.size() >= kMostChannels) {
            fields.refuse("\"{}{}\" is to be a few numbers from 0 to 1000", where_, key);
            return {};
        }
        all.push_back(number);
    }
    return all;
}

std::optional<double> VisionReader::same(std::initializer_list<const char*> keys)
{
    std::optional<double> number;
    for (const char* key : keys) {
        const Json* value = fields.find(key);
        const bool isList = value && value->is_array();
        for (std::size_t i = 0; value && i < (isList ? value->size() : 1); ++i) {
            const Json& each = isList ? (*value)[i] : *value;
            const double here = each.is_number() ? each.get<double>() : 0;
            if (!std::isfinite(here) || here <= 0) {
                fields.refuse("\"{}{}\" is {}, a positive number is expected", where_, key,
                              ConfigFields::shown(*value));
                return {};
            }
            if (number && *number != here) {
                fields.refuse("\"{}{}\" is {}, another is {}; one for all is supported", where_,
                              key, here, *number);
                return {};
            }
            number = here;
        }
    }
    return number;
}

std::optional<bool> VisionReader::flag(const char* key)
{
    return fields.find(key) ? std::optional(fields.flag(key)) : std::nullopt;
}

std::vector<std::string> VisionReader::unknown(std::string_view known) const
{
    std::vector<std::string> names;
    for (const auto& [key, value] : json_.items())
        if (key.find(' ') != std::string::npos || known.find(' ' + key + ' ') == known.npos)
            names.push_back(key);
    return names;
}

Result<Json> parseObject(std::string_view text, std::string_view name)
{
    VITRINE_TRY(Json json, parseJson(text, std::string(name)));
    if (!json.is_object())
        return inputError("cannot read {}: an object is expected", name);
    return json;
}

} // namespace vitrine::model
