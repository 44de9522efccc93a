#pragma once

#include "core/base/random.h"
#include "core/base/result.h"
#include "tests/fuzz/allocation_watch.h"
#include "tests/fuzz/mutate.h"
#include "tests/support/rounds.h"

#include <gtest/gtest.h>

#include <functional>
#include <optional>
#include <string>

namespace vitrine::fuzz
{

constexpr std::size_t kAllowance = 16 << 20; // bytes above the input's size, per allocation

template <typename T>
std::optional<Error> errorOf(const Result<T>& result)
{
    return result ? std::nullopt : std::optional(result.error());
}

// Opens seeded mutations: none may crash, ask for memory beyond the rule, or answer with
// anything but one line. The sample itself must open, and most mutations must not, or the test
// would say nothing. `count` of them where all are tried.
inline void expectRobust(const std::string& sample,
                         const std::function<std::optional<Error>(const std::string&)>& open,
                         int count = 10'000)
{
    const auto intact = open(sample);
    ASSERT_FALSE(intact) << intact->message;

    Random random(2024);
    int refused = 0;
    const int mutations = tests::rounds(count);
    for (int i = 0; i < mutations; ++i) {
        const std::string bytes = mutated(sample, random);
        resetLargestAllocation();
        const auto error = open(bytes);
        ASSERT_LE(largestAllocation(), bytes.size() + kAllowance) << "mutation " << i;
        if (!error)
            continue;
        ++refused;
        ASSERT_FALSE(error->message.empty()) << "mutation " << i;
        ASSERT_LT(error->message.size(), 2000u) << "mutation " << i << ": " << error->message;
        for (const char c : error->message)
            ASSERT_TRUE(static_cast<unsigned char>(c) >= 0x20 && c != 0x7f)
                << "mutation " << i << ": " << error->message;
    }
    EXPECT_GT(refused, mutations / 10);
    EXPECT_LT(refused, mutations);
    testing::Test::RecordProperty("refused", refused);
}

} // namespace vitrine::fuzz
