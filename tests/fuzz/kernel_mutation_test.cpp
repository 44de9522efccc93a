// Mutated files of blur kernels: each is refused in one line, or is a kernel of sum 1. 10,000 under
// VITRINE_TEST_FULL.
#include "core/superres/blur/kernel_file.h"
#include "tests/fuzz/robust.h"

#include <cmath>
#include <numeric>

namespace vitrine::superres
{
namespace
{

TEST(KernelMutation, IsRefusedOrAKernel)
{
    const std::string sample = "# five by five\n0 0 1 0 0\n0 2,3\t2 0\n1 3 5.25 3 1\n\n0 2 3e0 2 0 "
                               "# below\n0 0 1 0 -1e-3\n";
    fuzz::expectRobust(sample, [](const std::string& bytes) -> std::optional<Error> {
        const auto kernel = kernelFromText(bytes);
        if (!kernel)
            return kernel.error();
        EXPECT_EQ(kernel->values.size(), static_cast<std::size_t>(kernel->side * kernel->side));
        EXPECT_NEAR(std::accumulate(kernel->values.begin(), kernel->values.end(), 0.0), 1.0, 1e-9);
        return {};
    });
}

} // namespace
} // namespace vitrine::superres
