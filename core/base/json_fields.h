#pragma once

#include "core/base/json_fwd.h"
#include "core/base/result.h"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace vitrine
{

// Reads the fields of one JSON object of unknown origin. The first problem is kept; after it every
// field reads as empty, so that a reader asks once, at the end. An absent field is empty; a field
// of the wrong type is a problem. Names of fields are literals.
class JsonFields
{
public:
    // `where` names the object in messages: "run.json".
    JsonFields(const Json& object, std::string where);

    std::string text(const char* key);
    std::string neededText(const char* key); // absent or empty is a problem too
    std::int64_t integer(const char* key, std::int64_t low, std::int64_t high);
    double real(const char* key, double absent); // null is NaN
    const Json& list(const char* key);           // an array; empty where absent
    const Json& object(const char* key);         // an object; empty where absent

    // Refuses every field that was not asked for before, with the nearest one that was.
    void refuseOthers();
    void fail(std::string problem);
    bool failed() const { return !problem_.empty(); }
    // The first problem as an input error.
    Result<void> done() const;

private:
    const Json* find(const char* key, bool right(const Json&), const char* expected);

    const Json& object_;
    std::string where_;
    std::vector<std::string_view> asked_; // literals
    std::string problem_;
};

} // namespace vitrine
