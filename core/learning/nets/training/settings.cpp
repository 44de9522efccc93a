#include "core/learning/nets/training/settings.h"

#include "core/learning/nets/training/shown_text.h"

#include <cmath>
#include <fstream>
#include <sstream>
#include <stdexcept>

namespace vitrine::learning
{
namespace
{

std::string withoutSpace(const std::string& text)
{
    const auto first = text.find_first_not_of(" \t\r");
    const auto last = text.find_last_not_of(" \t\r");
    return first == std::string::npos ? "" : text.substr(first, last - first + 1);
}

// The whole of `text` as a number, whatever the locale.
template <typename T>
bool readNumber(const std::string& text, T& value)
{
    std::istringstream in(text);
    in.imbue(std::locale::classic());
    std::string rest;
    return (in >> value) && !(in >> rest);
}

std::string shortNumber(double value)
{
    std::ostringstream out;
    out << value;
    return out.str();
}

} // namespace

Settings Settings::read(const std::string& path)
{
    std::ifstream in(path);
    if (!in)
        throw std::runtime_error("cannot read recipe " + path);
    return read(in, path);
}

Settings Settings::read(std::istream& in, const std::string& path)
{
    Settings settings;
    settings.path_ = path;
    std::string line;
    for (int number = 1; std::getline(in, line); ++number) {
        line = withoutSpace(line.substr(0, line.find('#')));
        if (line.empty())
            continue;
        const auto equals = line.find('=');
        const std::string key =
            equals == std::string::npos ? "" : withoutSpace(line.substr(0, equals));
        const std::string place = path + ":" + std::to_string(number);
        if (key.empty())
            throw std::runtime_error(place + ": key = value expected");
        if (!settings.values_.emplace(key, withoutSpace(line.substr(equals + 1))).second)
            throw std::runtime_error(place + ": " + shownText(key) + " is given twice");
    }
    return settings;
}

void Settings::set(const std::string& key, const std::string& value)
{
    values_[key] = value;
}

bool Settings::has(const std::string& key) const
{
    asked_.insert(key);
    return values_.count(key) != 0;
}

std::string Settings::text(const std::string& key) const
{
    if (!has(key))
        throw std::runtime_error(path_ + ": " + key + " is missing");
    return values_.at(key);
}

std::string Settings::text(const std::string& key, const std::string& otherwise) const
{
    return has(key) ? values_.at(key) : otherwise;
}

int64_t Settings::integer(const std::string& key, int64_t otherwise, int64_t least,
                          int64_t most) const
{
    if (!has(key))
        return otherwise;
    int64_t value = 0;
    if (!readNumber(values_.at(key), value) || value < least || value > most)
        throw std::runtime_error(path_ + ": " + key + " = " + shownText(values_.at(key)) +
                                 ": a whole number from " + std::to_string(least) + " to " +
                                 std::to_string(most) + " expected");
    return value;
}

double Settings::number(const std::string& key, double otherwise, double least, double most) const
{
    if (!has(key))
        return otherwise;
    double value = 0.0;
    if (!readNumber(values_.at(key), value) || !(value >= least && value <= most))
        throw std::runtime_error(path_ + ": " + key + " = " + shownText(values_.at(key)) +
                                 ": a number from " + shortNumber(least) + " to " +
                                 shortNumber(most) + " expected");
    return value;
}

bool Settings::flag(const std::string& key, bool otherwise) const
{
    const std::string word = text(key, otherwise ? "yes" : "no");
    if (word != "yes" && word != "no")
        throw std::runtime_error(path_ + ": " + key + " = " + shownText(word) +
                                 ": yes or no expected");
    return word == "yes";
}

void Settings::refuseUnknown() const
{
    for (const auto& [key, value] : values_)
        if (asked_.count(key) == 0)
            throw std::runtime_error(path_ + ": unknown key " + shownText(key));
}

} // namespace vitrine::learning
