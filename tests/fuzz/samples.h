#pragma once

#include <string>

namespace vitrine::fuzz
{

// Small valid files of each format, to be mutated.
std::string safetensorsSample();
std::string packedSample(); // that model with its linear layers as binary codes
std::string llama2cSample();
std::string llama2cTokenizerSample(); // vocabulary of 300
std::string configSample();           // of the model in safetensorsSample()
std::string tokenizerSample();
std::string shardIndexSample();
std::string taskLinesSample();
std::string taskTableSample();
std::string taskXmlSample();
std::string topologySample();
std::string bitMapSample(); // of deit-tiny
std::string bdCurvesSample();
std::string textLinesSample(); // texts that learning.score reads
std::string recipeSample();
std::string cardSample();

} // namespace vitrine::fuzz
