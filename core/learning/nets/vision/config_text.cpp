#include "core/learning/nets/vision/config_text.h"

#include <cstdio>

namespace vitrine::learning
{
namespace
{

std::string configNumber(double value)
{
    char text[32];
    std::snprintf(text, sizeof text, "%.10g", value);
    return text;
}

} // namespace

ConfigText& ConfigText::put(const std::string& key, const std::string& written)
{
    lines_ += std::string(lines_.empty() ? "" : ",\n") + "  \"" + key + "\": " + written;
    return *this;
}

ConfigText& ConfigText::text(const std::string& key, const std::string& value)
{
    return put(key, "\"" + value + "\"");
}

ConfigText& ConfigText::number(const std::string& key, double value)
{
    return put(key, configNumber(value));
}

ConfigText& ConfigText::numbers(const std::string& key, const std::vector<double>& values)
{
    std::string list;
    for (const double value : values)
        list += (list.empty() ? "" : ", ") + configNumber(value);
    return put(key, "[" + list + "]");
}

ConfigText& ConfigText::labels(const std::vector<std::string>& names)
{
    std::string list;
    for (const std::string& name : names)
        list += (list.empty() ? "\"" : ", \"") + name + "\"";
    return names.empty() ? *this : put("label_names", "[" + list + "]");
}

ConfigText& ConfigText::flag(const std::string& key, bool value)
{
    return put(key, value ? "true" : "false");
}

std::string ConfigText::done() const
{
    return "{\n" + lines_ + "\n}\n";
}

} // namespace vitrine::learning
