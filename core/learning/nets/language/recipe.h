#pragma once

#include <cstdint>
#include <iosfwd>
#include <string>
#include <vector>

namespace vitrine::learning
{

// From this share of the run on (0..1), windows have this many tokens.
struct WindowPhase {
    double from;
    int64_t tokens;
};

// What a run is made of, read from a text file of `key = value` lines; `#` starts a comment. The
// keys are the names below in snake_case, e.g. `learning_rate = 3e-3` and `windows = 0:256
// 0.85:512`.
struct Recipe {
    std::string
        data;        // folder with train.tokens, train.documents, heldout.tokens, heldout.documents
    std::string out; // folder for checkpoint, log and model

    int64_t vocabulary = 4096;
    int64_t width = 160;
    int64_t layers = 6;
    int64_t heads = 5;
    int64_t feedForward = 448;
    int64_t context = 512;
    double ropeTheta = 1e4;
    double normEpsilon = 1e-5;

    std::vector<WindowPhase> windows = {{0.0, 256}};
    int64_t tokensPerStep = 2048; // rounded down to whole windows, at least one
    double mixedShare = 0.15;     // share of windows packed from pieces of several documents

    int64_t steps = 1000;
    double minutes = 0; // when above 0, the schedule also ends with this much training time
    int64_t warmUp = 200;
    double learningRate = 2e-3;
    double lastRate = 0.1; // of learningRate, at the end of the cosine
    double weightDecay = 0.1;
    double beta1 = 0.9;
    double beta2 = 0.95;
    double clip = 1.0;
    uint64_t seed = 1;

    int64_t threads = 1;
    double checkpointMinutes = 2;
    int64_t evaluateEvery = 500;
    std::string device = "auto"; // auto, cpu or cuda
};

// Throws std::runtime_error naming file, line and what was expected.
Recipe readRecipe(const std::string& path);
Recipe readRecipe(std::istream& in, const std::string& path);

// Sets one key of a recipe from text, as a line of the file or the command line would.
void setKey(Recipe& recipe, const std::string& key, const std::string& value);

// Window length in force at `progress` (0..1).
int64_t windowAt(const Recipe& recipe, double progress);

// Linear warm-up over recipe.warmUp steps, then a cosine from 1 to lastRate as progress goes from 0
// to 1.
double rateAt(const Recipe& recipe, int64_t step, double progress);

} // namespace vitrine::learning
