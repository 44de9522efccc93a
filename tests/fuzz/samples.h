#pragma once

#include <string>

namespace vitrine::fuzz
{

// Small valid files of each format, to be mutated.
std::string safetensorsSample();
std::string llama2cSample();
std::string llama2cTokenizerSample(); // vocabulary of 300
std::string configSample();           // of the model in safetensorsSample()
std::string tokenizerSample();
std::string shardIndexSample();
std::string taskLinesSample();
std::string taskTableSample();
std::string taskXmlSample();

} // namespace vitrine::fuzz
