#pragma once

#include "core/jobs/experiment/params.h"

#include <QWidget>

#include <map>
#include <string>
#include <vector>

class QComboBox;
class QLabel;
class QLineEdit;
class QPushButton;
class QSlider;

namespace vitrine
{

// One parameter under a slider, chosen among those with a range: what if it were another?
class WhatIfBar : public QWidget
{
    Q_OBJECT
public:
    explicit WhatIfBar(QWidget* parent);
    // The numbers with a range among the specs are offered. `values`, as texts: those that differ
    // from the fallbacks. Active: something is tried, and can be kept or reset.
    void setSpecs(const std::vector<ParamSpec>& specs);
    void setValues(std::map<std::string, std::string> values, bool active);

signals:
    // The values with the new one; moves of one parameter have the same key.
    void chosen(const std::map<std::string, std::string>& values, const QString& label,
                const QString& mergeKey);
    void keepWished();
    void resetWished();

private:
    const ParamSpec* spec() const;
    double value() const; // of the parameter
    void choose(double value);
    void show();
    double valueAt(int step) const;
    int stepOf(double value) const;

    std::map<std::string, std::string> values_;
    std::vector<ParamSpec> specs_; // numbers with a range
    QComboBox* parameter_;
    QSlider* slider_;
    QLineEdit* number_;
    QLabel* unit_;
    QPushButton *keep_, *reset_;
};

} // namespace vitrine
