#pragma once

#include <hwy/highway.h>

#include <string>

namespace vitrine::tests
{

// The instruction sets of this processor one after the other, the best first.
template <class Work>
void onEachTarget(const Work& work)
{
    for (std::int64_t left = hwy::SupportedTargets(); left != 0; left &= left - 1) {
        hwy::SetSupportedTargetsForTest(left);
        hwy::GetChosenTarget().DeInit();
        work(std::string(hwy::TargetName(left & -left)));
    }
    hwy::SetSupportedTargetsForTest(0);
    hwy::GetChosenTarget().DeInit();
}

} // namespace vitrine::tests
