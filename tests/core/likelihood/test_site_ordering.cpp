// SPDX-License-Identifier: GPL-3.0-or-later
#include <QtTest>
#include <algorithm>
#include <cmath>
#include <functional>
#include <limits>
#include <numeric>

#include "core/base/error.h"
#include "core/base/random.h"
#include "core/likelihood/lapack.h"
#include "core/likelihood/nearest_sites.h"
#include "core/likelihood/site_ordering.h"
#include "tests/core/error_code.h"

using namespace anamorph;
using anamorph::testing::code_of;

namespace {

using Numbers = std::vector<std::int32_t>;

Points uniform(Index n, Index d, std::uint64_t seed) {
    RandomStream random(seed);
    Points x(n, d);
    for (Index i = 0; i < x.size(); ++i) x.data()[i] = random.uniform();
    return x;
}

/// Designs that make searches hard: name and sites.
std::vector<std::pair<std::string, Points>> designs(Index d) {
    std::vector<std::pair<std::string, Points>> all;
    all.emplace_back("uniform", uniform(400, d, 1));
    Points clustered = uniform(400, d, 2);
    for (Index i = 0; i < 400; ++i) clustered.row(i) = clustered.row(i) * std::pow(1e-3, i % 4) + Points::Constant(1, d, (i % 4) * 3.0);
    all.emplace_back("clustered", clustered);
    Points elongated = uniform(400, d, 3);
    elongated.col(0) *= 1e6;
    all.emplace_back("elongated", elongated);
    Points lattice = uniform(400, d, 4);
    all.emplace_back("lattice with duplicates", (lattice.array() * 8.0).floor().matrix());
    Points line(300, d);
    for (Index i = 0; i < 300; ++i) line.row(i).setConstant(0.25 * static_cast<double>((i * 7) % 300));
    all.emplace_back("collinear", line);
    all.emplace_back("one place", Points::Constant(60, d, 3.5));
    all.emplace_back("one site", uniform(1, d, 5));
    all.emplace_back("fewer than m", uniform(5, d, 6));
    all.emplace_back("huge", (uniform(100, d, 7) * 1e200).eval());
    return all;
}

double squared_distance(const Points& x, Index a, Index b) {
    double sum = 0.0;
    for (Index k = 0; k < x.cols(); ++k) sum += (x(a, k) - x(b, k)) * (x(a, k) - x(b, k));
    return sum;
}

/// The greedy definition, O(n²): farthest from all before it, then the lowest number.
Numbers greedy(const Points& x, std::int32_t first) {
    const auto n = static_cast<std::size_t>(x.rows());
    std::vector<double> distance(n, std::numeric_limits<double>::infinity());
    std::vector<bool> ordered(n, false);
    Numbers order;
    std::int32_t next = first;
    for (std::size_t k = 0; k < n; ++k) {
        order.push_back(next);
        ordered[static_cast<std::size_t>(next)] = true;
        std::int32_t farthest = -1;
        for (std::size_t i = 0; i < n; ++i) {
            if (ordered[i]) continue;
            distance[i] = std::min(distance[i], squared_distance(x, static_cast<Index>(i), next));
            if (farthest < 0 || distance[i] > distance[static_cast<std::size_t>(farthest)])
                farthest = static_cast<std::int32_t>(i);
        }
        next = farthest;
    }
    return order;
}

/// Rows as nearest_earlier_sites gives them, by sorting all earlier sites.
Numbers sorted_rows(const Points& u, const Numbers& order, int m) {
    Numbers rows(order.size() * static_cast<std::size_t>(m), -1);
    for (std::size_t k = 0; k < order.size(); ++k) {
        std::vector<std::pair<double, std::size_t>> all;
        for (std::size_t j = 0; j < k; ++j) all.emplace_back(squared_distance(u, order[k], order[j]), j);
        std::sort(all.begin(), all.end());
        for (std::size_t j = 0; j < std::min(all.size(), static_cast<std::size_t>(m)); ++j)
            rows[static_cast<std::size_t>(order[k]) * static_cast<std::size_t>(m) + j] = order[all[j].second];
    }
    return rows;
}

}  // namespace

class TestSiteOrdering : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void maximin_is_the_greedy_one() {
        for (Index d = 1; d <= 3; ++d)
            for (const auto& [name, x] : designs(d)) {
                const Numbers order = maximin_ordering(x);
                QCOMPARE(Index(order.size()), x.rows());
                // Coordinates near the end of the doubles overflow when squared here.
                const Points y = name == "huge" ? Points(x * 0x1p-660) : x;
                QVERIFY2(order == greedy(y, order[0]), (name + " d " + std::to_string(d)).c_str());
            }
    }

    void first_site_is_nearest_to_the_centre() {
        const Points x = uniform(300, 2, 8);
        const Vector mean = x.colwise().mean();
        Index nearest = 0;
        (x.rowwise() - mean.transpose()).rowwise().squaredNorm().minCoeff(&nearest);
        QCOMPARE(Index(maximin_ordering(x)[0]), nearest);
    }

    void other_orderings() {
        const Points x = uniform(100, 2, 9);
        Numbers given(100);
        std::iota(given.begin(), given.end(), 0);
        QCOMPARE(site_ordering(x, SiteOrdering::given, 1), given);
        QCOMPARE(site_ordering(x, SiteOrdering::maximin, 1), maximin_ordering(x));
        Numbers random = site_ordering(x, SiteOrdering::random, 1);
        QCOMPARE(random, site_ordering(x, SiteOrdering::random, 1));
        QVERIFY(random != site_ordering(x, SiteOrdering::random, 2));
        QVERIFY(random != given);
        std::sort(random.begin(), random.end());
        QCOMPARE(random, given);
        QVERIFY(maximin_ordering(Points(0, 2)).empty());
    }

    void neighbours_equal_brute_force() {
        for (Index d = 1; d <= 3; ++d)
            for (const auto& [name, u] : designs(d))
                for (const auto ordering : {SiteOrdering::maximin, SiteOrdering::random, SiteOrdering::given})
                    for (const int m : {1, 10}) {
                        const Numbers order = site_ordering(u, ordering, 3);
                        QVERIFY2(nearest_earlier_sites(u, order, m) == sorted_rows(u, order, m),
                                 (name + " d " + std::to_string(d)).c_str());
                    }
    }

    void neighbours_do_not_depend_on_threads() {
        Points u = uniform(60000, 2, 10);
        u.topRows(3000) = (u.topRows(3000).array() * 20.0).floor() / 20.0;
        Numbers one, two, order_one, order_two;
        {
            const ThreadCount threads(1);
            order_one = maximin_ordering(u);
            one = nearest_earlier_sites(u, order_one, 5);
        }
        {
            const ThreadCount threads(2);
            order_two = maximin_ordering(u);
            two = nearest_earlier_sites(u, order_two, 5);
        }
        QVERIFY(order_one == order_two);
        QVERIFY(one == two);
    }

    void nearest_sites_of_any_point() {
        for (Index d = 1; d <= 3; ++d)
            for (const auto& [name, x] : designs(d)) {
                const NearestSites sites(x);
                Points all(x.rows() + 1, d);
                all.topRows(x.rows()) = x;
                for (const double share : {-0.5, 0.1, 0.5, 2.0}) {
                    const Points p = x.row(0) * share;
                    all.row(x.rows()) = p;
                    Numbers order(static_cast<std::size_t>(all.rows()));
                    std::iota(order.begin(), order.end(), 0);
                    const Numbers rows = sorted_rows(all, order, 10);
                    Numbers found(10, -1);
                    const Vector point = p.row(0);
                    const int count = sites.nearest(point.data(), 10, found.data());
                    QCOMPARE(count, static_cast<int>(std::min<Index>(10, x.rows())));
                    QVERIFY2(std::equal(found.begin(), found.end(), rows.end() - 10),
                             (name + " d " + std::to_string(d)).c_str());
                }
            }
        const Vector origin = Vector::Zero(2);
        QCOMPARE(NearestSites(Points(0, 2)).nearest(origin.data(), 3, nullptr), 0);
    }

    void bad_sites_are_refused() {
        Points x = uniform(10, 2, 11);
        Numbers order(10);
        std::iota(order.begin(), order.end(), 0);
        QCOMPARE(code_of([&] { (void)nearest_earlier_sites(x, Numbers(10, 0), 3); }), ErrorCode::dimension_mismatch);
        QCOMPARE(code_of([&] { (void)nearest_earlier_sites(x, Numbers{0, 1}, 3); }), ErrorCode::dimension_mismatch);
        QCOMPARE(code_of([&] { (void)maximin_ordering(Points::Zero(3, 6)); }), ErrorCode::unsupported);
        x(3, 1) = std::numeric_limits<double>::quiet_NaN();
        QCOMPARE(code_of([&] { (void)nearest_earlier_sites(x, order, 3); }), ErrorCode::not_finite);
        QCOMPARE(code_of([&] { (void)maximin_ordering(x); }), ErrorCode::not_finite);
        QCOMPARE(code_of([&] { NearestSites sites(x); }), ErrorCode::not_finite);
    }
};

QTEST_GUILESS_MAIN(TestSiteOrdering)
#include "test_site_ordering.moc"
