// node same-ranking.mjs JSON JSON: exit code 1 unless both rank the same items with scores equal within 1e-5.
const [a, b] = process.argv.slice(2).map((text) => JSON.parse(text).items);
const isSame = a.length > 0 && a.length === b.length && a.every(({ item, score }, i) => item === b[i].item && Math.abs(score - b[i].score) <= 1e-5);
if (!isSame) console.error(JSON.stringify(a), JSON.stringify(b));
process.exit(isSame ? 0 : 1);
