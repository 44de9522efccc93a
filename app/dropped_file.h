#pragma once

#include <QString>

namespace vitrine
{

// What a dropped or opened path is, by its name and kind: "model" (checkpoint folder or file),
// "text", "workspace", or empty. Its content is looked at by the worker that opens it.
QString kindOfPath(const QString& path);

// The path as a parameter wants it: the folder of a config.json.
QString modelPath(const QString& path);

} // namespace vitrine
