#include "core/jobs/experiment/params.h"

#include "core/base/format.h"
#include "core/base/json.h"

#include <cassert>

namespace vitrine
{
namespace
{

template <typename T>
const T& valueOf(const std::map<std::string, ParamValue, std::less<>>& values,
                 std::string_view name)
{
    const auto found = values.find(name);
    assert(found != values.end() &&
           "the experiment asks for a parameter that it does not describe");
    const T* value = std::get_if<T>(&found->second);
    assert(value && "the experiment asks for a parameter by another type than it describes");
    return *value;
}

std::string listText(const std::vector<std::int64_t>& items)
{
    std::string text;
    for (const auto item : items)
        text += (text.empty() ? "" : ",") + std::to_string(item);
    return text;
}

} // namespace

bool Params::has(std::string_view name) const
{
    return values_.find(name) != values_.end();
}

bool Params::boolean(std::string_view name) const
{
    return valueOf<bool>(values_, name);
}

std::int64_t Params::integer(std::string_view name) const
{
    return valueOf<std::int64_t>(values_, name);
}

double Params::real(std::string_view name) const
{
    const auto found = values_.find(name);
    if (found != values_.end() && std::holds_alternative<std::int64_t>(found->second))
        return static_cast<double>(std::get<std::int64_t>(found->second));
    return valueOf<double>(values_, name);
}

const std::string& Params::text(std::string_view name) const
{
    return valueOf<std::string>(values_, name);
}

const std::vector<std::int64_t>& Params::integers(std::string_view name) const
{
    return valueOf<std::vector<std::int64_t>>(values_, name);
}

void Params::set(std::string name, ParamValue value)
{
    values_.insert_or_assign(std::move(name), std::move(value));
}

std::string paramText(const ParamValue& value)
{
    struct Text {
        std::string operator()(bool on) const { return on ? "true" : "false"; }
        std::string operator()(std::int64_t number) const { return std::to_string(number); }
        std::string operator()(double number) const { return shortest(number); }
        std::string operator()(const std::string& text) const { return text; }
        std::string operator()(const std::vector<std::int64_t>& items) const
        {
            return listText(items);
        }
    };
    return std::visit(Text{}, value);
}

Json toJson(const Params& params)
{
    Json json = Json::object();
    for (const auto& [name, value] : params.all())
        std::visit([&, &key = name](const auto& plain) { json[key] = plain; }, value);
    return json;
}

} // namespace vitrine
