#pragma once

#include "core/base/parallel.h"
#include "core/base/random.h"
#include "tests/support/each_target.h"

#include <gtest/gtest.h>

#include <cstdint>
#include <string>
#include <vector>

namespace vitrine::tests
{

// Codes from all of their range, its ends more often than others.
inline std::vector<std::int8_t> randomBytes(std::int64_t count, Random& random)
{
    std::vector<std::int8_t> codes;
    for (std::int64_t i = 0; i < count; ++i) {
        const auto kind = random.below(16);
        const auto code = kind == 0   ? -128
                          : kind == 1 ? 127
                                      : static_cast<int>(random.below(256)) - 128;
        codes.push_back(static_cast<std::int8_t>(code));
    }
    return codes;
}

// That `compute` gives what it should on every instruction set and on 1, 2 and 4 threads.
template <class Value, class Compute>
void expectEverywhere(const std::vector<Value>& expected, const Compute& compute)
{
    onEachTarget([&](const std::string& target) {
        for (const int threads : {1, 2, 4}) {
            setThreadCount(threads);
            const std::vector<Value> values = compute();
            ASSERT_EQ(values.size(), expected.size());
            for (std::size_t i = 0; i < expected.size(); ++i)
                ASSERT_EQ(values[i], expected[i])
                    << "at " << i << " on " << target << ", " << threads << " threads";
        }
    });
    setThreadCount(0);
}

} // namespace vitrine::tests
