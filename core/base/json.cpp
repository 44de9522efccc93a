#include "core/base/json.h"

#include "core/base/format.h"

#include <algorithm>
#include <cmath>
#include <set>
#include <vector>

namespace vitrine
{
namespace
{

// Builds the value while it reads, within the limits. Members are appended, not searched for: the
// set of keys already tells which occur twice, and an object of many keys stays linear.
class Builder : public nlohmann::json_sax<Json>
{
public:
    explicit Builder(JsonLimits limits) : limits_(limits) {}

    bool null() override { return add(nullptr); }
    bool boolean(bool value) override { return add(value); }
    bool number_integer(number_integer_t value) override { return add(value); }
    bool number_unsigned(number_unsigned_t value) override { return add(value); }
    bool number_float(number_float_t value, const string_t&) override
    {
        return std::isfinite(value) ? add(value) : refuse("a number is out of range");
    }
    bool string(string_t& value) override { return add(std::move(value)); }
    bool binary(binary_t&) override { return refuse("binary values are not allowed"); }
    bool start_object(std::size_t) override
    {
        keys_.emplace_back();
        return open(Json::object());
    }
    bool key(string_t& name) override
    {
        if (!keys_.back().insert(name).second)
            return refuse(fmt::format("the key \"{}\" occurs twice", name.substr(0, 80)));
        key_ = std::move(name);
        return count();
    }
    bool end_object() override
    {
        keys_.pop_back();
        open_.pop_back();
        return true;
    }
    bool start_array(std::size_t) override { return open(Json::array()); }
    bool end_array() override
    {
        open_.pop_back();
        return true;
    }
    bool parse_error(std::size_t at, const std::string&,
                     const nlohmann::detail::exception& error) override
    {
        position = at;
        // "[json.exception.parse_error.101] parse error at line 1, column 2: syntax error while
        // ..."
        problem = error.what();
        if (const auto colon = problem.find(": "); colon != std::string::npos)
            problem.erase(0, colon + 2);
        return false;
    }

    Json root;
    std::string problem;
    std::size_t position = 0;

private:
    bool refuse(std::string why)
    {
        problem = std::move(why);
        return false;
    }
    bool count()
    {
        return ++values_ <= limits_.values
                   ? true
                   : refuse(fmt::format("more than {} values", limits_.values));
    }
    Json* place(Json value)
    {
        if (open_.empty()) {
            root = std::move(value);
            return &root;
        }
        if (open_.back()->is_array()) {
            auto& items = open_.back()->get_ref<Json::array_t&>();
            items.push_back(std::move(value));
            return &items.back();
        }
        auto& members = open_.back()->get_ref<Json::object_t&>();
        members.push_back({std::move(key_), std::move(value)});
        return &members.back().second;
    }
    bool add(Json value)
    {
        place(std::move(value));
        return count();
    }
    bool open(Json value)
    {
        if (static_cast<int>(open_.size()) >= limits_.depth)
            return refuse(fmt::format("nested deeper than {} levels", limits_.depth));
        open_.push_back(place(std::move(value)));
        return count();
    }

    JsonLimits limits_;
    std::uint64_t values_ = 0;
    string_t key_;
    std::vector<Json*>
        open_; // the containers around the place read; only the last grows, so the pointers hold
    std::vector<std::set<std::string>> keys_;
};

std::string oneLine(std::string text)
{
    std::ranges::replace_if(
        text, [](unsigned char c) { return c < 0x20 || c == 0x7f; }, ' ');
    if (text.size() > 200) {
        text.resize(200);
        while (!text.empty() && (static_cast<unsigned char>(text.back()) & 0xc0) == 0x80)
            text.pop_back(); // not in the middle of a character
        if (!text.empty() && static_cast<unsigned char>(text.back()) >= 0xc0)
            text.pop_back();
        text += "…";
    }
    return text;
}

void nullWhereNotFinite(Json& value)
{
    if (value.is_number_float() && !std::isfinite(value.get<double>()))
        value = nullptr;
    if (value.is_structured())
        for (auto& item : value)
            nullWhereNotFinite(item);
}

} // namespace

Result<Json> parseJson(std::string_view text, std::string_view name, JsonLimits limits)
{
    if (text.find('\0') != std::string_view::npos) // the parser would take it for the end
        return inputError("cannot read {}: it contains a NUL byte", name);
    Builder builder(limits);
    if (Json::sax_parse(text.begin(), text.end(), &builder))
        return std::move(builder.root);
    if (builder.position == 0)
        return inputError("cannot read {}: {}", name, oneLine(builder.problem));
    const auto before = text.substr(0, std::min(builder.position, text.size()));
    const auto line = 1 + std::ranges::count(before, '\n');
    return inputError("cannot read {}: line {}: {}", name, line, oneLine(builder.problem));
}

std::string dumpJson(const Json& value, int indent)
{
    Json clean = value;
    nullWhereNotFinite(clean);
    return clean.dump(indent, ' ', false, Json::error_handler_t::replace);
}

} // namespace vitrine
