#pragma once

#include "core/video/frame.h"

#include <QImage>
#include <QString>

namespace vitrine::video_plugin
{

// The frame in its own size, a pixel a luma sample.
QImage stillOf(const video::Frame& frame);
// Below it, on white, what it is.
QImage captioned(const QImage& still, const QString& heading, const QString& detail);

} // namespace vitrine::video_plugin
