#pragma once

#include <QString>

namespace vitrine
{

// What a dropped or opened path is, by its name and kind: "model" (checkpoint folder or file),
// "text", "topology", "video" (a folder of pictures too), "workspace", or empty. Its content is
// looked at by the worker that opens it.
QString kindOfPath(const QString& path);
// The parameter that takes a path of that kind: "prompt_file" for a text.
QString parameterOfKind(const QString& kind);

// The path as a parameter wants it: the folder of a config.json.
QString modelPath(const QString& path);

} // namespace vitrine
