// vitrine-train: trains a small language model from a recipe, exports and evaluates it.
#include "core/learning/nets/training/product.h"
#include "core/learning/nets/language/scores.h"
#include "core/learning/nets/language/trainer.h"

#include <cmath>
#include <exception>
#include <iostream>
#include <map>
#include <stdexcept>
#include <string>

namespace
{

using namespace vitrine::learning;

constexpr const char* kUsage =
    "usage: vitrine-train RECIPE [--resume] [--set KEY=VALUE]...   train; one JSON line per point\n"
    "       vitrine-train RECIPE --export FOLDER                   the checkpoint as a model\n"
    "       vitrine-train RECIPE --evaluate FILE                   scores of a .safetensors file;\n"
    "                                                       --set context=N: with windows of N "
    "tokens\n";

struct Arguments {
    std::string recipe, exportTo, evaluate;
    bool resume = false;
    std::map<std::string, std::string> set;
};

Arguments parse(int count, char** words)
{
    Arguments arguments;
    for (int i = 1; i < count; ++i) {
        const std::string word = words[i];
        const auto value = [&]() -> std::string {
            if (++i >= count)
                throw std::invalid_argument(word + " needs a value");
            return words[i];
        };
        if (word == "--resume") {
            arguments.resume = true;
        } else if (word == "--export") {
            arguments.exportTo = value();
        } else if (word == "--evaluate") {
            arguments.evaluate = value();
        } else if (word == "--set") {
            const std::string pair = value();
            const auto equals = pair.find('=');
            if (equals == std::string::npos)
                throw std::invalid_argument("--set takes KEY=VALUE");
            arguments.set[pair.substr(0, equals)] = pair.substr(equals + 1);
        } else if (arguments.recipe.empty() && word.rfind("--", 0) != 0) {
            arguments.recipe = word;
        } else {
            throw std::invalid_argument("unknown argument " + word);
        }
    }
    if (arguments.recipe.empty())
        throw std::invalid_argument("a recipe is needed");
    return arguments;
}

bool printPoint(const TrainingPoint& point)
{
    if (std::isnan(point.heldOutLoss))
        return true;
    std::cout << "{\"step\":" << point.step << ",\"tokens\":" << point.tokens
              << ",\"seconds\":" << point.seconds << ",\"learning_rate\":" << point.learningRate
              << ",\"train_loss\":" << point.trainLoss << ",\"held_out_loss\":" << point.heldOutLoss
              << "}" << std::endl;
    return true;
}

void run(const Arguments& arguments)
{
    Recipe recipe = readRecipe(arguments.recipe);
    for (const auto& [key, value] : arguments.set)
        setKey(recipe, key, value);
    limitThreads(static_cast<int>(recipe.threads));
    if (arguments.exportTo.empty() && arguments.evaluate.empty()) {
        train(recipe, arguments.resume ? Start::resume : Start::fresh, printPoint);
        return;
    }
    if (!arguments.exportTo.empty())
        exportCheckpoint(recipe, arguments.exportTo);
    if (!arguments.evaluate.empty())
        printScores(recipe, arguments.evaluate, std::cout);
}

} // namespace

int main(int count, char** words)
{
    try {
        run(parse(count, words));
        return 0;
    } catch (const std::invalid_argument& error) {
        std::cerr << "vitrine-train: " << error.what() << "\n" << kUsage;
        return 2;
    } catch (const std::exception& error) {
        std::cerr << "vitrine-train: " << error.what() << std::endl;
        return 1;
    }
}
