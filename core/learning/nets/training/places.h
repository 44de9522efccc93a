#pragma once

#include <string>

namespace vitrine::learning
{

// Where data, test data and models lie.
struct Places {
    std::string data;        // what packaging/train prepared: pictures, clips, garments
    std::string testData;    // third-party test sets (VITRINE_TEST_DATA); may be empty
    std::string models = {}; // shipped ones, NAME/model.safetensors; may be empty
};

} // namespace vitrine::learning
