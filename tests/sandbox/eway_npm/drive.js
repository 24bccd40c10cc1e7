// eWay-CRM's own connector against the simulated service: every step's answer goes into one JSON object on stdout.
// Arguments by environment: EWAY_URL, EWAY_USER, EWAY_HASH, EWAY_ADMIN (URL), EWAY_ADMIN_TOKEN, EWAY_OAUTH (JSON).
"use strict";
const { default: ApiConnection, HttpMethod, OAuthHelper } = require("@eway-crm/connector");

const { EWAY_URL, EWAY_USER, EWAY_HASH, EWAY_ADMIN, EWAY_ADMIN_TOKEN } = process.env;
const seen = { errors: [] };
const failed = (error) => seen.errors.push(String(error && error.message ? error.message : error));

async function step(name, promise) {
  seen[name] = await promise.catch((refused) => refused);
  return seen[name];
}

async function expire(what) {
  const headers = { "Admin-Token": EWAY_ADMIN_TOKEN };
  await fetch(EWAY_ADMIN + what, { method: "POST", headers });
}

async function company(eway) {
  const ask = (method, data) => eway.askMethod(method, data);
  const base = (await step("base", ask("GetLastItemChangeId", {}))).Datum;
  const made = await step("create", ask("SaveCompany", { transmitObject: { CompanyName: "Žltý kôň", FileAs: "Žltý kôň", Phone: "+421 (2) 123", IdentificationNumber: "12345678" }, dieOnItemConflict: true }));
  const guid = made.Guid;
  await step("search", ask("SearchCompanies", { transmitObject: { IdentificationNumber: "12345678" } }));
  await step("update", ask("SaveCompany", { transmitObject: { ItemGUID: guid, ItemVersion: 2, Email: "a@example.sk" }, dieOnItemConflict: true }));
  await step("stale", ask("SaveCompany", { transmitObject: { ItemGUID: guid, ItemVersion: 2, Email: null, Fax: "1" } }));
  await step("conflict", ask("SaveCompany", { transmitObject: { ItemGUID: guid, ItemVersion: 2, Email: "b@example.sk" }, dieOnItemConflict: true }));
  const person = await step("contact", ask("SaveContact", { transmitObject: { LastName: "Novák", FirstName: "Ján", FileAs: "Novák, Ján" } }));
  const ends = { ItemGUID1: person.Guid, FolderName1: "Contacts", ItemGUID2: guid, FolderName2: "Companies" };
  await step("relation", ask("SaveRelation", { transmitObject: { ...ends, RelationType: "COMPANY" } }));
  await step("related", ask("GetContactsByItemGuids", { itemGuids: [person.Guid], includeForeignKeys: true, includeRelations: true }));
  await expire("/sessions/expire");
  await step("again", ask("GetCompaniesByItemGuids", { itemGuids: [guid] }));
  await step("delete", ask("DeleteContact", { itemGuid: person.Guid }));
  const last = (await step("last", ask("GetLastItemChangeId", {}))).Datum;
  await step("companies", ask("GetItemChangeIdentifiers", { folderName: "Companies", baseChangeId: base, targetChangeId: last }));
  await step("contacts", ask("GetItemChangeIdentifiers", { folderName: "Contacts", baseChangeId: base, targetChangeId: last }));
  await step("logout", ask("LogOut", {}));
}

// Carts with lines, and every other folder of trade: listed, found, saved twice, read by pages, deleted, told as changed.
async function trade(eway) {
  const ask = (method, data) => eway.askMethod(method, data);
  const base = (await ask("GetLastItemChangeId", {})).Datum;
  seen.trade = {};
  for (const [folder, single, number] of [["Goods", "Good"], ["Carts", "Cart", "Id"], ["Projects", "Project", "HID"], ["Leads", "Lead", "HID"], ["Payments", "Payment"]]) {
    const lines = folder === "Carts" ? { GoodsInCart: [{ FileAs: "Práca", Quantity: "2", ListPrice: 10.5, VatRate: 20, Rank: 1 }] } : {};
    const made = await ask("Save" + single, { transmitObject: { FileAs: "Žltý kôň", Note: "n", ...lines }, dieOnItemConflict: true });
    const again = { ItemGUID: made.Guid, ItemVersion: 1, FileAs: "x" };
    const conflict = await ask("Save" + single, { transmitObject: again, dieOnItemConflict: true }).catch((refused) => refused);
    const merged = await ask("Save" + single, { transmitObject: again });
    const search = await ask("Search" + folder, { transmitObject: { FileAs: "x" } });
    const [item] = (await ask("Get" + folder + "ByItemGuids", { itemGuids: [made.Guid], includeForeignKeys: true })).Data;
    const identifiers = (await ask("Get" + folder + "Identifiers", {})).Data;
    const all = (await ask("Get" + folder, { includeRelations: true })).Data;
    const column = { __type: "Column:#EQ", Source: { __type: "MainTable:#EQ" }, Name: "ItemGUID", Alias: "id" };
    const query = { __type: "MainTableQuery:#EQ", ItemTypes: [folder], Fields: [column], Filter: { __type: "InFilterExpressionPredicate:#EQ", Field: column, Value: [made.Guid] }, Paging: { Skip: 0, Take: 5 } };
    const pages = (await ask("Query", { query })).Data;
    const amount = (await ask("QueryAmount", { query })).Datum;
    const gone = await ask("Delete" + single, { itemGuid: made.Guid });
    const last = (await ask("GetLastItemChangeId", {})).Datum;
    const changes = (await ask("GetItemChangeIdentifiers", { folderName: folder, baseChangeId: base, targetChangeId: last })).Data;
    seen.trade[folder] = { guid: made.Guid, conflict: conflict.ReturnCode, merged: merged.Guid, found: search.Data.map((one) => one.ItemGUID), item, number: number ? item[number] : 1, identifiers: identifiers.length, all: all.length, pages, amount, gone: gone.ReturnCode, changes };
  }
  await ask("LogOut", {});
}

async function oauth() {
  const given = JSON.parse(process.env.EWAY_OAUTH);
  const client = [given.client_id, given.client_secret];
  const tokens = await new Promise((done) => OAuthHelper.finishAuthorization(EWAY_URL, ...client, given.verifier, given.code, given.redirect_uri, done));
  seen.tokens = { ...tokens, user: OAuthHelper.getUserName(tokens.access_token), ws: OAuthHelper.getWebServiceUrl(tokens.refresh_token) };
  await expire("/tokens/access");
  const refreshed = (told) => { seen.refreshed = told; };
  const eway = ApiConnection.createUsingOAuth(EWAY_URL, EWAY_USER, ...client, tokens.refresh_token, tokens.access_token, "Node1.0", failed, refreshed);
  await step("oauth_search", eway.askMethod("SearchCompanies", { transmitObject: { IdentificationNumber: "12345678" } }));
  await step("oauth_logout", eway.askMethod("LogOut", {}));
}

async function main() {
  const anonymous = ApiConnection.createAnonymous(EWAY_URL, failed);
  await new Promise((done) => anonymous.callWithoutSession("GetServiceAuthSettings", null, (told) => { seen.settings = told; done(); }, done, null, HttpMethod.get));
  await company(ApiConnection.create(EWAY_URL, EWAY_USER, EWAY_HASH, "Node1.0", "00:00:00:00:00:00", "sandbox", failed, true));
  await trade(ApiConnection.create(EWAY_URL, EWAY_USER, EWAY_HASH, "Node1.0", "00:00:00:00:00:00", "sandbox", failed, true));
  await oauth();
  console.log(JSON.stringify(seen));
}

main().catch((error) => { console.error(error); process.exitCode = 1; });
