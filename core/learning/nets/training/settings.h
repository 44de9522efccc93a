#pragma once

#include <cstdint>
#include <iosfwd>
#include <map>
#include <set>
#include <string>

namespace vitrine::learning
{

// A recipe as it is written: `key = value` lines, `#` starts a comment. Whoever needs a key asks
// for it, with the value that holds where the recipe is silent; at the end refuseUnknown names what
// nobody asked for, so that a misspelt key is no silent default. All functions throw
// std::runtime_error with one line that names the file, the key and what was expected.
class Settings
{
public:
    static Settings read(const std::string& path);
    static Settings read(std::istream& in, const std::string& path);

    // For tests and for --set: replaces or adds one key.
    void set(const std::string& key, const std::string& value);

    bool has(const std::string& key) const;
    std::string text(const std::string& key) const; // must be there
    std::string text(const std::string& key, const std::string& otherwise) const;
    int64_t integer(const std::string& key, int64_t otherwise, int64_t least, int64_t most) const;
    double number(const std::string& key, double otherwise, double least, double most) const;
    bool flag(const std::string& key, bool otherwise) const; // yes or no

    void refuseUnknown() const;

    const std::string& path() const { return path_; }
    const std::map<std::string, std::string>& all() const { return values_; }

private:
    std::string path_ = "recipe";
    std::map<std::string, std::string> values_;
    mutable std::set<std::string> asked_;
};

} // namespace vitrine::learning
