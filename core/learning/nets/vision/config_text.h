#pragma once

#include <string>
#include <vector>

namespace vitrine::learning
{

// Writes a flat config.json line by line: ConfigText().text("a", "b").number("c", 3).done().
class ConfigText
{
public:
    ConfigText& text(const std::string& key,
                     const std::string& value); // without quotes or backslashes
    ConfigText& number(const std::string& key, double value);
    ConfigText& numbers(const std::string& key, const std::vector<double>& values);
    ConfigText& labels(const std::vector<std::string>& names); // of classes; none: no line
    ConfigText& flag(const std::string& key, bool value);

    std::string done() const; // the whole object, with a last newline

private:
    ConfigText& put(const std::string& key, const std::string& written);
    std::string lines_;
};

} // namespace vitrine::learning
