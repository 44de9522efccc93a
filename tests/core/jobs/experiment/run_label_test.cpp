#include "core/jobs/experiment/run_label.h"

#include <gtest/gtest.h>

namespace vitrine
{
namespace
{

RunRecord runOf(std::int64_t number, const std::map<std::string, std::string>& texts)
{
    RunRecord run;
    run.number = number;
    for (const auto& [name, text] : texts)
        run.params.set(name, text);
    return run;
}

TEST(RunLabel, SaysNumberTextAndModel)
{
    const RunRecord run =
        runOf(12, {{"prompt_file", "/texts/speech-2016.txt"}, {"model", "/models/vitrine-lm"}});
    EXPECT_EQ(runLabel(run), "#12 speech-2016.txt · vitrine-lm");
    EXPECT_EQ(runSubject(run), "speech-2016.txt · vitrine-lm");
}

TEST(RunLabel, APromptIsItsBeginningCutBetweenWords)
{
    EXPECT_EQ(runLabel(runOf(3, {{"prompt", "Once upon a time there was a little lamp"}})),
              "#3 Once upon a time there was a …");
    EXPECT_EQ(runLabel(runOf(3, {{"prompt", "peace"}, {"task", "cloze.jsonl"}})), "#3 cloze.jsonl");
}

TEST(RunLabel, WhatIsMissingIsLeftOut)
{
    EXPECT_EQ(runLabel(runOf(0, {})), "");
    EXPECT_EQ(runLabel(runOf(7, {})), "#7");
    EXPECT_EQ(runLabel(runOf(0, {{"model", "tiny"}})), "tiny");
    EXPECT_EQ(runLabel(runOf(0, {{"prompt", "peace"}, {"model", "tiny"}})), "peace · tiny");
    EXPECT_EQ(runLabel(runOf(7, {{"model", "tiny"}})), "#7 tiny");
}

} // namespace
} // namespace vitrine
