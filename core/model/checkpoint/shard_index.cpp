#include "core/model/checkpoint/shard_index.h"

#include "core/base/json.h"
#include "core/tensor/printable.h"

namespace vitrine::model
{
namespace
{

bool isPlainFileName(std::string_view name)
{
    return !name.empty() && name.size() <= 255 && name != "." && name != ".." &&
           name.find_first_of(std::string_view("/\\\0:", 4)) == std::string_view::npos &&
           name.ends_with(".safetensors");
}

// {"metadata": {...}, "weight_map": {tensor: shard}}, as a stream: a map of 100,000 tensors is
// built once only.
class IndexReader : public nlohmann::json_sax<Json>
{
public:
    std::map<std::string, std::string> shards;
    std::string problem;
    bool mapSeen = false;

    bool null() override { return other("null"); }
    bool boolean(bool) override { return other("true or false"); }
    bool number_integer(number_integer_t) override { return other("a number"); }
    bool number_unsigned(number_unsigned_t) override { return other("a number"); }
    bool number_float(number_float_t, const string_t&) override { return other("a number"); }
    bool binary(binary_t&) override { return refuse("a value is binary"); }
    bool string(string_t& text) override
    {
        if (!inMap())
            return other("a text");
        if (!isPlainFileName(text))
            return refuse(fmt::format(
                "the shard \"{}\" of tensor \"{}\" is not a plain name of a safetensors file",
                printable(text), printable(key_)));
        return shards.emplace(key_, text).second ||
               refuse(fmt::format("tensor \"{}\" occurs twice", printable(key_)));
    }
    bool key(string_t& name) override
    {
        key_ = std::move(name);
        return true;
    }
    bool start_object(std::size_t) override
    {
        if (inMap())
            return refuse("\"weight_map\" holds more than tensor names and shards");
        if (depth_ == 1 && key_ == "weight_map") {
            if (std::exchange(mapSeen, true))
                return refuse("\"weight_map\" occurs twice");
            inMap_ = true;
        }
        return deeper();
    }
    bool end_object() override
    {
        if (--depth_ == 1)
            inMap_ = false;
        return true;
    }
    bool start_array(std::size_t) override { return other("a list") && deeper(); }
    bool end_array() override
    {
        --depth_;
        return true;
    }
    bool parse_error(std::size_t at, const std::string&,
                     const nlohmann::detail::exception&) override
    {
        return refuse(fmt::format("it is not valid JSON near byte {}", at));
    }

private:
    bool inMap() const { return inMap_; }
    bool deeper() { return ++depth_ <= 16 || refuse("it is nested too deeply"); }
    bool other(std::string_view what)
    {
        if (depth_ == 0 || inMap_ || (depth_ == 1 && key_ == "weight_map"))
            return refuse(fmt::format(
                "{} stands where \"weight_map\" or one of its shards is expected", what));
        return true;
    }
    bool refuse(std::string why)
    {
        if (problem.empty())
            problem = std::move(why);
        return false;
    }

    std::string key_;
    int depth_ = 0;
    bool inMap_ = false;
};

} // namespace

Result<std::map<std::string, std::string>> parseShardIndex(std::string_view text,
                                                           std::string_view name)
{
    IndexReader reader;
    if (text.find('\0') != std::string_view::npos)
        return inputError("cannot read {}: it holds a zero byte", printableName(name));
    if (!Json::sax_parse(text.begin(), text.end(), &reader))
        return inputError("cannot read {}: {}", printableName(name), reader.problem);
    if (!reader.mapSeen || reader.shards.empty())
        return inputError("cannot read {}: it has no \"weight_map\" of tensors and shards",
                          printableName(name));
    return std::move(reader.shards);
}

} // namespace vitrine::model
