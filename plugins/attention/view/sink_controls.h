#pragma once

#include "core/attention/sinks.h"

#include <QWidget>

class QComboBox;
class QLabel;

namespace vitrine
{
class NumberSpin;
}

namespace vitrine::attention_plugin
{

// The rule for sinks and its numbers.
class SinkControls : public QWidget
{
    Q_OBJECT
public:
    explicit SinkControls(QWidget* parent);

    void setOptions(const attention::SinkOptions& options); // emits nothing

signals:
    void chosen(const vitrine::attention::SinkOptions& options);

private:
    QLabel* addLabel(const QString& text, QWidget* buddy);

    attention::SinkOptions options_;
    QComboBox* rule_;
    QLabel *tauLabel_, *alphaLabel_;
    NumberSpin *tau_, *alpha_, *protect_, *rows_;
};

} // namespace vitrine::attention_plugin
