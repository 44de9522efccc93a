#pragma once

#include <string>

namespace vitrine::learning
{

// Where data and test data lie.
struct Places {
    std::string data;     // what packaging/train prepared: pictures, clips, garments
    std::string testData; // third-party test sets (VITRINE_TEST_DATA); may be empty
};

} // namespace vitrine::learning
